package ai.hartonomous.distill.compare;

import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.interpret.circuit.Resampling;
import ai.hartonomous.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// Tasks from running text: predict every token of blocks of equal length. The last part of the
/// text is the test; where there are several documents, the last documents are. Of the part before
/// it blocks are drawn by lot: none of them overlaps another.
public final class TextTasks {

  private TextTasks() {}

  /// How text becomes items.
  ///
  /// @param separator what stands between documents
  /// @param length tokens of a block
  /// @param testShare share of the text, or of the documents, that is the test; above 0, below 1
  /// @param calibration most blocks to measure importance and learn from
  /// @param validation most blocks to compare choices with
  /// @param test most blocks of the test, its first ones
  public record Cutting(
      String separator, int length, double testShare, int calibration, int validation, int test) {

    /// Checks the ranges.
    ///
    /// @throws IllegalArgumentException if a number is out of range
    public Cutting {
      if (length < 1 || calibration < 1 || validation < 1 || test < 1) {
        throw new IllegalArgumentException(
            "blocks of %d tokens, %d + %d + %d of them"
                .formatted(length, calibration, validation, test));
      }
      if (!(testShare > 0 && testShare < 1)) {
        throw new IllegalArgumentException("test share " + testShare);
      }
    }
  }

  /// {@return the task of a text}
  ///
  /// @param name what to call it
  /// @param text the text
  /// @param tokenizer of the model
  /// @param cutting how text becomes items
  /// @param seed decides which blocks are drawn
  /// @throws IllegalArgumentException if the text is too short for one block in each part
  public static Task of(String name, String text, Tokenizer tokenizer, Cutting cutting, long seed) {
    List<String> before = new ArrayList<>();
    List<String> last = new ArrayList<>();
    List<String> documents =
        Arrays.stream(text.split(Pattern.quote(cutting.separator())))
            .filter(document -> !document.isBlank())
            .toList();
    if (documents.size() > 1) {
      int place = (int) Math.round(documents.size() * (1 - cutting.testShare()));
      before.addAll(documents.subList(0, place));
      last.addAll(documents.subList(place, documents.size()));
    } else {
      int place = (int) (text.length() * (1 - cutting.testShare()));
      before.add(text.substring(0, place));
      last.add(text.substring(place));
    }
    List<Example> drawn = drawn(blocks(before, tokenizer, cutting.length()), cutting, seed);
    int validation = Math.min(cutting.validation(), drawn.size() / 3);
    List<Example> test = blocks(last, tokenizer, cutting.length());
    return new Task(
        name,
        drawn.subList(validation, drawn.size()),
        drawn.subList(0, validation),
        test.subList(0, Math.min(test.size(), cutting.test())),
        List.of());
  }

  private static List<Example> drawn(List<Example> blocks, Cutting cutting, long seed) {
    int[] order = Resampling.shuffled(blocks.size(), seed);
    int most = Math.min(blocks.size(), cutting.calibration() + cutting.validation());
    return Arrays.stream(order, 0, most).mapToObj(blocks::get).toList();
  }

  private static List<Example> blocks(List<String> documents, Tokenizer tokenizer, int length) {
    List<Example> blocks = new ArrayList<>();
    for (String document : documents) {
      int[] ids = tokenizer.encodePrompt(document.strip());
      for (int from = 0; from + length < ids.length; from += length) {
        blocks.add(
            new Example(
                Arrays.copyOfRange(ids, from, from + length),
                Arrays.copyOfRange(ids, from + 1, from + length + 1)));
      }
    }
    return blocks;
  }
}
