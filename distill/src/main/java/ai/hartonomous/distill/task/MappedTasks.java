package ai.hartonomous.distill.task;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.capability.SuiteException;
import ai.hartonomous.distill.capability.SuiteLines;
import ai.hartonomous.distill.capability.SuiteLines.Line;
import ai.hartonomous.distill.capability.Task;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads JSON lines of any fields as items.
public final class MappedTasks {
  private static final JsonMapper MAPPER = new JsonMapper();

  private final Mapping mapping;

  /// Reads by a mapping.
  ///
  /// @param mapping which field is what
  public MappedTasks(Mapping mapping) {
    this.mapping = mapping;
  }

  /// {@return the items of files; each is named by the capability and its number, and its split is
  /// that of its content}
  ///
  /// @param files JSON lines
  /// @param capability name of what they measure
  /// @param limit most items to read
  /// @throws SuiteException naming file, line and field, if one does not fit
  /// @throws IOException if a file cannot be read
  public List<CapabilityItem> read(List<Path> files, String capability, int limit)
      throws IOException {
    int most = Math.min(limit, CapabilitySuite.MAX_ITEMS);
    List<CapabilityItem> items = new ArrayList<>();
    for (Path file : files) {
      try (SuiteLines lines = SuiteLines.open(file)) {
        Optional<Line> line = lines.next();
        while (line.isPresent() && items.size() < most) {
          Task task = task(line.get());
          String id = "%s-%05d".formatted(capability, items.size() + 1);
          items.add(new CapabilityItem(id, capability, task, Split.of(task)));
          line = lines.next();
        }
      }
    }
    return items;
  }

  private Task task(Line line) throws SuiteException {
    String place = line.place();
    JsonNode json;
    try {
      json = MAPPER.readTree(line.text());
    } catch (JacksonException e) {
      throw failure(place + ": expected one line of JSON: " + e.getOriginalMessage(), e);
    }
    String prompt = mapping.cleaning().clean(mapping.prompt().fill(json, place));
    try {
      return switch (mapping.answer()) {
        case Mapping.Written written -> {
          String answer = mapping.cleaning().clean(written.text().fill(json, place));
          yield new Task.Generation(prompt, mapping.delimiter() + answer, written.completion());
        }
        case Mapping.Chosen chosen -> {
          List<String> choices = choices(chosen, json, place);
          yield new Task.Choice(prompt, choices, right(chosen, json, place), chosen.metric());
        }
      };
    } catch (IllegalArgumentException e) {
      throw failure(place + ": " + e.getMessage(), e);
    }
  }

  private static SuiteException failure(String message, Exception cause) {
    var failure = new SuiteException(message);
    failure.initCause(cause);
    return failure;
  }

  private List<String> choices(Mapping.Chosen chosen, JsonNode json, String place)
      throws SuiteException {
    List<String> texts = chosen.fixed();
    if (texts.isEmpty()) {
      texts = strings(json, chosen.choices(), place);
    }
    return texts.stream()
        .map(text -> mapping.delimiter() + mapping.cleaning().clean(text))
        .toList();
  }

  private static List<String> strings(JsonNode json, String path, String place)
      throws SuiteException {
    List<String> texts = new ArrayList<>();
    for (JsonNode text : Template.field(json, path, place)) {
      if (!text.isString()) {
        throw new SuiteException("%s: field \"%s\": expected strings only".formatted(place, path));
      }
      texts.add(text.stringValue());
    }
    if (texts.isEmpty()) {
      throw new SuiteException(
          "%s: field \"%s\": expected a list of strings".formatted(place, path));
    }
    return texts;
  }

  private static int right(Mapping.Chosen chosen, JsonNode json, String place)
      throws SuiteException {
    String[] paths = chosen.right().split("\\|", -1);
    String path = paths[0];
    for (String candidate : paths) {
      path = json.has(candidate) && !json.has(path) ? candidate : path;
    }
    JsonNode value = Template.field(json, path, place);
    if (value.isBoolean()) {
      return value.booleanValue() ? 1 : 0;
    }
    String label = value.asString();
    if (!chosen.labels().isEmpty()) {
      int at = strings(json, chosen.labels(), place).indexOf(label);
      if (at >= 0) {
        return at;
      }
    }
    if (label.matches("[0-9]{1,6}")) {
      return Integer.parseInt(label);
    }
    if (label.matches("[A-Z]")) {
      return label.charAt(0) - 'A';
    }
    throw new SuiteException(
        "%s: field \"%s\": expected the number or label of a choice, found \"%s\""
            .formatted(place, path, label.substring(0, Math.min(80, label.length()))));
  }
}
