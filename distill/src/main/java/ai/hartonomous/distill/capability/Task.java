package ai.hartonomous.distill.capability;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What an item asks of a model.
public sealed interface Task {
  /// Most choices of an item, and most right or wrong texts of a pair.
  int MAX_CHOICES = 256;

  /// {@return text that the model reads; empty where all of the text is measured}
  String prompt();

  /// {@return text that ought to follow the prompt}
  String answer();

  /// {@return all texts that the item puts behind the prompt, right and wrong ones}
  default List<String> texts() {
    return switch (this) {
      case Generation _, Text _ -> List.of(answer());
      case Choice(_, List<String> choices, _, _) -> choices;
      case Contrast(_, List<String> right, List<String> wrong, _) ->
          Stream.concat(right.stream(), wrong.stream()).toList();
    };
  }

  /// {@return what the item is measured by}
  Metric metric();

  /// {@return what it could be measured by}
  Set<Metric> metrics();

  /// {@return the kind of task with its settings, the same for all items of a capability}
  String kind();

  /// The model writes what follows the prompt.
  ///
  /// @param prompt text to continue
  /// @param answer text that has to follow
  /// @param completion how the model's text is ended and read
  record Generation(String prompt, String answer, Completion completion) implements Task {

    /// Checks the texts.
    ///
    /// @throws IllegalArgumentException if one is blank, the answer has a text that would end it,
    ///   or the filters find nothing in the answer
    public Generation {
      Checks.text("prompt", prompt);
      Checks.text("answer", answer);
      completion.requireWhole(answer);
    }

    @Override
    public Metric metric() {
      return Metric.EXACT_MATCH;
    }

    @Override
    public Set<Metric> metrics() {
      return EnumSet.of(Metric.EXACT_MATCH);
    }

    @Override
    public String kind() {
      return completion.equals(Completion.LINE) ? "generation" : "generation " + completion;
    }
  }

  /// One of several texts is the right one.
  ///
  /// @param prompt text in front of each choice; may be empty
  /// @param choices the texts, at least two, all different
  /// @param right number of the right one, from 0
  /// @param metric one of {@link #METRICS}
  record Choice(String prompt, List<String> choices, int right, Metric metric) implements Task {
    /// What choices are measured by; the first one where nothing else is asked for.
    public static final Set<Metric> METRICS =
        Set.copyOf(
            EnumSet.of(
                Metric.ACC,
                Metric.ACC_NORM,
                Metric.ACC_BYTES,
                Metric.ACC_MUTUAL_INFO,
                Metric.BRIER));

    /// Copies the list.
    ///
    /// @throws IllegalArgumentException if there are fewer than two or too many choices, one is
    ///   blank or there twice, or `right` is none of them
    public Choice {
      choices = List.copyOf(choices);
      Checks.texts("choices", choices, 2);
      if (right < 0 || right >= choices.size()) {
        throw new IllegalArgumentException(
            "field \"right\": expected 0 to %d, found %d".formatted(choices.size() - 1, right));
      }
      Checks.metric(metric, METRICS);
    }

    @Override
    public String answer() {
      return choices.get(right);
    }

    @Override
    public Set<Metric> metrics() {
      return METRICS;
    }

    @Override
    public String kind() {
      return "choice";
    }
  }

  /// Right texts ought to be more likely than wrong ones.
  ///
  /// @param prompt text in front of each; may be empty
  /// @param right texts that may follow, at least one
  /// @param wrong texts that may not, at least one
  /// @param metric one of {@link #METRICS}
  record Contrast(String prompt, List<String> right, List<String> wrong, Metric metric)
      implements Task {
    /// What pairs are measured by.
    public static final Set<Metric> METRICS =
        Set.copyOf(EnumSet.of(Metric.LOGPROB_DIFFERENCE, Metric.PAIR_ACC));

    /// Copies the lists.
    ///
    /// @throws IllegalArgumentException if a side is empty or too long, or a text is blank or there
    ///   twice
    public Contrast {
      right = List.copyOf(right);
      wrong = List.copyOf(wrong);
      Checks.texts("good", right, 1);
      Checks.texts("bad", wrong, 1);
      for (String text : right) {
        if (wrong.contains(text)) {
          throw new IllegalArgumentException("a text is in both \"good\" and \"bad\"");
        }
      }
      Checks.metric(metric, METRICS);
    }

    @Override
    public String answer() {
      return right.getFirst();
    }

    @Override
    public Set<Metric> metrics() {
      return METRICS;
    }

    @Override
    public String kind() {
      return "contrast";
    }
  }

  /// A text whose every token is to be predicted.
  ///
  /// @param text the text
  /// @param metric one of {@link #METRICS}
  record Text(String text, Metric metric) implements Task {
    /// What texts are measured by.
    public static final Set<Metric> METRICS =
        Set.copyOf(
            EnumSet.of(Metric.BITS_PER_BYTE, Metric.BYTE_PERPLEXITY, Metric.WORD_PERPLEXITY));

    /// Checks the text.
    ///
    /// @throws IllegalArgumentException if it is blank
    public Text {
      Checks.text("text", text);
      Checks.metric(metric, METRICS);
    }

    @Override
    public String prompt() {
      return "";
    }

    @Override
    public String answer() {
      return text;
    }

    @Override
    public Set<Metric> metrics() {
      return METRICS;
    }

    @Override
    public String kind() {
      return "text";
    }
  }
}
