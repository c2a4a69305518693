package ai.hartonomous.distill;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.capability.MeasuredText;
import ai.hartonomous.distill.capability.SuiteException;
import ai.hartonomous.distill.capability.Task;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The calibration items of a suite as token sequences, divided into those to learn from and those
/// to choose with. Of held-out items only the prompts are known, so that nothing is made of them.
///
/// @param training to measure importance and to heal with
/// @param validation to compare sizes and to stop healing with
/// @param validationItems the item of each validation example
/// @param generated the training examples whose answers the model writes up to an end
/// @param prompts prompts of all items, held-out ones included
record SuiteExamples(
    List<Example> training,
    List<Example> validation,
    List<CapabilityItem> validationItems,
    List<Example> generated,
    List<int[]> prompts) {
  /// Encodes a suite.
  ///
  /// @throws InvalidRequestException if a part has too few items, or an answer cannot be expressed
  static SuiteExamples of(CapabilitySuite suite, Tokenizer tokenizer, int context, long seed)
      throws InvalidRequestException {
    int calibration = suite.items(Split.CALIBRATION).size();
    if (calibration < 4 || suite.items(Split.HELD_OUT).isEmpty()) {
      throw new InvalidRequestException(
          "the suite has %d calibration and %d held-out items; at least 4 and 1 are needed"
              .formatted(calibration, suite.items(Split.HELD_OUT).size()));
    }
    check(suite, tokenizer, context);
    CalibrationParts parts = CalibrationParts.of(suite, seed);
    List<Example> training = encode(parts.training(), tokenizer, context);
    List<Example> generated = new ArrayList<>();
    for (int i = 0; i < training.size(); i++) {
      if (parts.training().get(i).task() instanceof Task.Generation) {
        generated.add(training.get(i));
      }
    }
    return new SuiteExamples(
        List.copyOf(training),
        List.copyOf(encode(parts.validation(), tokenizer, context)),
        parts.validation(),
        generated,
        suite.items().stream().map(item -> tokenizer.encodePrompt(item.prompt())).toList());
  }

  /// {@return the tokens before what is measured of the first item, at least one}
  static int[] opening(CapabilitySuite suite, SourceModel source) throws InvalidRequestException {
    return encode(suite.items().subList(0, 1), source.tokenizer(), source.context())
        .getFirst()
        .prompt();
  }

  /// Checks that a suite's held-out items can be asked.
  ///
  /// @throws InvalidRequestException if there are none, or one cannot be expressed
  static void check(CapabilitySuite suite, Tokenizer tokenizer, int context)
      throws InvalidRequestException {
    if (suite.items(Split.HELD_OUT).isEmpty()) {
      throw new InvalidRequestException(
          "the suite of %s has no held-out items".formatted(suite.capabilities()));
    }
    encode(suite.items(Split.HELD_OUT), tokenizer, context);
  }

  private static List<Example> encode(List<CapabilityItem> items, Tokenizer tokenizer, int context)
      throws InvalidRequestException {
    List<Example> examples = new ArrayList<>();
    var measured = new MeasuredText(tokenizer, context);
    for (CapabilityItem item : items) {
      examples.add(
          item.task() instanceof Task.Generation
              ? encode(item, tokenizer, context)
              : example(item, measured));
    }
    return examples;
  }

  /// The tokens that the item's likelihood is measured of: the right choice or text behind its
  /// prompt, or a text as far as the context reaches.
  private static Example example(CapabilityItem item, MeasuredText measured)
      throws InvalidRequestException {
    try {
      MeasuredText.Tokens tokens = measured.tokens(item);
      int[] ids = tokens.ids();
      return Example.of(
          Arrays.copyOf(ids, tokens.from()), Arrays.copyOfRange(ids, tokens.from(), ids.length));
    } catch (SuiteException e) {
      throw new InvalidRequestException(String.valueOf(e.getMessage()));
    }
  }

  /// Prompt, answer and what ends it: the end token, or a line break where there is none.
  private static Example encode(CapabilityItem item, Tokenizer tokenizer, int context)
      throws InvalidRequestException {
    int[] prompt = expressed(item.prompt(), "prompt", item, tokenizer);
    int[] answer = expressed(item.answer(), "answer", item, tokenizer);
    int[] end =
        tokenizer.endId().isPresent()
            ? new int[] {tokenizer.endId().getAsInt()}
            : expressed("\n", "line break after the answer", item, tokenizer);
    int[] start = tokenizer.encodePrompt(item.prompt());
    if (start.length + answer.length + end.length > context) {
      throw new InvalidRequestException(
          "item \"%s\" has %d tokens, the model's context %d"
              .formatted(item.id(), start.length + answer.length + end.length, context));
    }
    if (prompt.length == 0) {
      throw new InvalidRequestException("item \"%s\" has an empty prompt".formatted(item.id()));
    }
    int[] all = Arrays.copyOf(answer, answer.length + end.length);
    System.arraycopy(end, 0, all, answer.length, end.length);
    return Example.of(start, all);
  }

  private static int[] expressed(String text, String what, CapabilityItem item, Tokenizer tokenizer)
      throws InvalidRequestException {
    String back;
    int[] ids;
    try {
      ids = tokenizer.encode(text);
      back = tokenizer.decode(ids);
    } catch (IllegalArgumentException e) {
      throw new InvalidRequestException(
          "the model's tokenizer cannot express the %s of item \"%s\": %s"
              .formatted(what, item.id(), e.getMessage()));
    }
    if (!back.strip().equals(text.strip())) {
      throw new InvalidRequestException(
          "the model's tokenizer cannot express the %s of item \"%s\": it reads back as \"%s\""
              .formatted(what, item.id(), back));
    }
    return ids;
  }
}
