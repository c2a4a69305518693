package ai.hartonomous.distill.compare;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/// Tasks from suites of questions with one answer each. Calibration items are shuffled, and a third
/// of them, at most 256, becomes validation items; held-out items are the test.
public final class SuiteTasks {
  private static final int MAX_VALIDATION = 256;

  private SuiteTasks() {}

  /// {@return the task of a suite}
  ///
  /// @param suite the suite
  /// @param tokenizer of the model
  /// @param context most tokens that the model reads
  /// @param seed decides which items become validation items
  /// @throws IllegalArgumentException if an item is too long, or a part has no item
  public static Task of(CapabilitySuite suite, Tokenizer tokenizer, int context, long seed) {
    List<CapabilityItem> calibration = new ArrayList<>(suite.items(Split.CALIBRATION));
    Collections.shuffle(calibration, Random.from(new SplittableRandom(seed)));
    List<Example> examples = encoded(calibration, tokenizer, context);
    int validation = Math.min(MAX_VALIDATION, calibration.size() / 3);
    return new Task(
        String.join("+", suite.capabilities()),
        examples.subList(validation, examples.size()),
        examples.subList(0, validation),
        encoded(suite.items(Split.HELD_OUT), tokenizer, context),
        suite.items().stream().map(item -> tokenizer.encodePrompt(item.prompt())).toList());
  }

  private static List<Example> encoded(
      List<CapabilityItem> items, Tokenizer tokenizer, int context) {
    List<Example> examples = new ArrayList<>();
    for (CapabilityItem item : items) {
      int[] prompt = tokenizer.encodePrompt(item.prompt());
      int[] answer = tokenizer.encode(item.answer());
      int[] end =
          tokenizer.endId().isPresent()
              ? new int[] {tokenizer.endId().getAsInt()}
              : tokenizer.encode("\n");
      int[] all = Arrays.copyOf(answer, answer.length + end.length);
      System.arraycopy(end, 0, all, answer.length, end.length);
      if (prompt.length + all.length > context) {
        throw new IllegalArgumentException(
            "item \"%s\" has %d tokens, the model's context %d"
                .formatted(item.id(), prompt.length + all.length, context));
      }
      examples.add(Example.of(prompt, all));
    }
    return examples;
  }
}
