package ai.hartonomous.distill.task;

import ai.hartonomous.distill.capability.Completion;
import ai.hartonomous.distill.capability.Filter;
import ai.hartonomous.distill.capability.Metric;
import java.util.List;
import java.util.stream.Stream;

/// Which fields of a task file are what. Presets follow the tasks of the same names in EleutherAI's
/// lm-evaluation-harness.
///
/// @param prompt text the model reads
/// @param answer what is written or chosen
/// @param cleaning what is done to all texts
/// @param delimiter put between prompt and answer, usually a blank
public record Mapping(Template prompt, Answer answer, Cleaning cleaning, String delimiter) {
  /// AI2's reasoning challenge: `question`, `choices.text`, `choices.label`, `answerKey`.
  public static final Mapping ARC =
      new Mapping(
          new Template("Question: {question}\nAnswer:"),
          new Chosen("choices.text", List.of(), "choices.label", "answerKey", Metric.ACC_NORM),
          Cleaning.NONE,
          " ");

  /// HellaSwag: `activity_label`, `ctx_a`, `ctx_b`, `endings`, `label`.
  public static final Mapping HELLASWAG =
      new Mapping(
          new Template("{activity_label}: {ctx_a} {ctx_b|capitalize}"),
          new Chosen("endings", List.of(), "", "label", Metric.ACC_NORM),
          Cleaning.HELLASWAG,
          " ");

  /// BoolQ: `passage`, `question`, and `answer` (true or false) or `label` (1 or 0).
  public static final Mapping BOOLQ =
      new Mapping(
          new Template("{passage}\nQuestion: {question}?\nAnswer:"),
          new Chosen("", List.of("no", "yes"), "", "answer|label", Metric.ACC),
          Cleaning.NONE,
          " ");

  /// GSM8K: `question`, `answer` with the number behind `####`. What counts is that number.
  public static final Mapping GSM8K =
      new Mapping(
          new Template("Question: {question}\nAnswer:"),
          new Written(
              new Template("{answer}"),
              new Completion(
                  List.of("Question:"),
                  256,
                  Stream.of(
                          "regex:#### (-?[0-9.,]+)",
                          "remove:,",
                          "remove:\\$",
                          "remove:\\.$",
                          "lower_case")
                      .map(Filter::parse)
                      .toList())),
          Cleaning.NONE,
          " ");

  /// What a model gives back.
  public sealed interface Answer {}

  /// One of several texts.
  ///
  /// @param choices path of the field with the list of texts; empty where they are fixed
  /// @param fixed the texts where they are the same for all items
  /// @param labels path of the field with the texts' names, or empty for `A`, `B` and so on
  /// @param right path of the field that names the right one: its number from 0, its label, or true
  ///   for the second; paths with `|` between them are tried in turn
  /// @param metric what it is measured by
  public record Chosen(
      String choices, List<String> fixed, String labels, String right, Metric metric)
      implements Answer {

    /// Copies the list.
    public Chosen {
      fixed = List.copyOf(fixed);
    }
  }

  /// A text.
  ///
  /// @param text the expected text
  /// @param completion how the model's text is ended and read
  public record Written(Template text, Completion completion) implements Answer {}

  /// What is done to texts before they are used.
  public enum Cleaning {
    /// Nothing.
    NONE,
    /// `[title]` becomes a full stop, other brackets go, as in the task's own preparation.
    HELLASWAG;

    String clean(String text) {
      return switch (this) {
        case NONE -> text;
        case HELLASWAG ->
            text.strip()
                .replace(" [title]", ". ")
                .replaceAll("\\[[^\\]]*\\]", "")
                .replace("  ", " ");
      };
    }
  }
}
