package ai.hartonomous.distill.task;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.capability.Metric;
import ai.hartonomous.distill.capability.SuiteException;
import ai.hartonomous.distill.capability.SuiteLines;
import ai.hartonomous.distill.capability.SuiteLines.Line;
import ai.hartonomous.distill.capability.Task;
import ai.hartonomous.interpret.circuit.ContrastFiles;
import ai.hartonomous.interpret.circuit.ContrastPair;
import ai.hartonomous.interpret.circuit.IndirectObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the prompt files of published studies, and plain text, as items. The split of every item
/// is that of its content.
public final class PromptFiles {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final long MOST_BYTES = 64L << 20;

  private PromptFiles() {}

  /// {@return minimal pairs of sentences, each measured as a whole}
  ///
  /// Source: Warstadt et al., "BLiMP: The Benchmark of Linguistic Minimal Pairs for English", 2020,
  /// section 5 (the model should find `sentence_good` more likely than `sentence_bad`).
  ///
  /// @param file JSON lines with `sentence_good`, `sentence_bad`, `UID` and `pairID`
  /// @param limit most items to read
  /// @throws SuiteException naming line and field, if one does not fit
  /// @throws IOException if the file cannot be read
  public static List<CapabilityItem> blimp(Path file, int limit) throws IOException {
    List<CapabilityItem> items = new ArrayList<>();
    try (SuiteLines lines = SuiteLines.open(file)) {
      Optional<Line> line = lines.next();
      while (line.isPresent() && items.size() < Math.min(limit, CapabilitySuite.MAX_ITEMS)) {
        items.add(minimalPair(line.get()));
        line = lines.next();
      }
    }
    return items;
  }

  private static CapabilityItem minimalPair(Line line) throws SuiteException {
    String place = line.place();
    try {
      JsonNode json = MAPPER.readTree(line.text());
      String capability = text(json, "UID", place);
      Task task =
          new Task.Contrast(
              "",
              List.of(text(json, "sentence_good", place)),
              List.of(text(json, "sentence_bad", place)),
              Metric.PAIR_ACC);
      String id = capability + '-' + text(json, "pairID", place);
      return new CapabilityItem(id, capability, task, Split.of(task));
    } catch (JacksonException e) {
      throw failure(place + ": expected one line of JSON: " + e.getOriginalMessage(), e);
    } catch (IllegalArgumentException e) {
      throw failure(place + ": " + e.getMessage(), e);
    }
  }

  private static String text(JsonNode json, String name, String place) throws SuiteException {
    JsonNode value = Template.field(json, name, place);
    if (!value.isString()) {
      throw new SuiteException("%s: field \"%s\": expected a string".formatted(place, name));
    }
    return value.stringValue();
  }

  private static SuiteException failure(String message, Exception cause) {
    var failure = new SuiteException(message);
    failure.initCause(cause);
    return failure;
  }

  /// {@return the clean prompts of contrast files, with their right and wrong answers: subject-verb
  /// agreement, greater-than, and all else that {@link ContrastFiles} reads. Prompts that occur
  /// again are left out.}
  ///
  /// @param file the file, at most 64 MiB
  /// @param capability name of what it measures
  /// @param limit most items
  /// @throws IOException if the file cannot be read, or a line does not fit
  public static List<CapabilityItem> contrasts(Path file, String capability, int limit)
      throws IOException {
    long size = Files.size(file);
    if (size > MOST_BYTES) {
      throw new SuiteException(
          "%s: expected at most %d bytes, found %d".formatted(file, MOST_BYTES, size));
    }
    return items(ContrastFiles.readPairs(file).iterator(), capability, limit);
  }

  /// {@return prompts of the indirect-object task}
  ///
  /// @param folder the lists that {@link IndirectObject} reads
  /// @param capability name of what they measure
  /// @param count number of items
  /// @param seed decides them
  /// @throws IOException if a list cannot be read
  public static List<CapabilityItem> indirectObject(
      Path folder, String capability, int count, long seed) throws IOException {
    Iterator<ContrastPair> pairs = IndirectObject.read(folder).pairs(seed);
    return items(pairs, capability, count);
  }

  private static List<CapabilityItem> items(
      Iterator<ContrastPair> pairs, String capability, int limit) throws SuiteException {
    List<CapabilityItem> items = new ArrayList<>();
    Set<Task> seen = new HashSet<>();
    int again = 0;
    while (pairs.hasNext() && items.size() < limit && again < CapabilitySuite.MAX_ITEMS) {
      ContrastPair pair = pairs.next();
      String id = "%s-%05d".formatted(capability, items.size() + 1);
      try {
        Task task =
            new Task.Contrast(
                pair.clean(), pair.answers(), pair.wrong(), Metric.LOGPROB_DIFFERENCE);
        if (seen.add(task)) {
          items.add(new CapabilityItem(id, capability, task, Split.of(task)));
        } else {
          again++;
        }
      } catch (IllegalArgumentException e) {
        throw failure("pair \"%s\": %s".formatted(pair.id(), e.getMessage()), e);
      }
    }
    return items;
  }

  /// {@return a text in pieces of whole lines, to be predicted}
  ///
  /// @param file text in UTF-8, at most 64 MiB
  /// @param capability name of what it measures
  /// @param bytes most bytes of a piece; a longer line is a piece of its own
  /// @param limit most pieces
  /// @throws IOException if the file cannot be read or is no UTF-8, or a line is too long
  public static List<CapabilityItem> text(Path file, String capability, int bytes, int limit)
      throws IOException {
    List<CapabilityItem> items = new ArrayList<>();
    var piece = new StringBuilder();
    try (SuiteLines lines = SuiteLines.open(file)) {
      Optional<Line> line = lines.next();
      while (line.isPresent() && items.size() < limit) {
        String text = line.get().text();
        if (!piece.isEmpty() && piece.length() + text.length() >= bytes) {
          items.add(piece(piece, capability, items.size() + 1));
        }
        piece.append(text).append('\n');
        line = lines.next();
      }
    }
    if (!piece.isEmpty() && items.size() < limit) {
      items.add(piece(piece, capability, items.size() + 1));
    }
    return items;
  }

  private static CapabilityItem piece(StringBuilder text, String capability, int number) {
    Task task = new Task.Text(text.toString(), Metric.BITS_PER_BYTE);
    text.setLength(0);
    String id = "%s-%05d".formatted(capability, number);
    return new CapabilityItem(id, capability, task, Split.of(task));
  }
}
