package ai.hartonomous.distill.capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The figures of a small model beside a plain computation: one text at a time, with the softmax
/// written out.
class LikelihoodScoringTest {
  private static final int CONTEXT = 24;

  private final Kernels kernels = Kernels.of(1);
  private final Transformer transformer = new Transformer(Tiny.mistral(3), kernels);
  private final Pieces letters = Pieces.letters();
  private final Scorer scorer = new Scorer(transformer, letters);
  private final SplittableRandom random = new SplittableRandom(11);

  @AfterEach
  void closeKernels() {
    kernels.close();
  }

  /// Logarithm of the probability of `ids[from..]` given what stands before.
  private double plain(int[] ids, int from) {
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    int[] read = Arrays.copyOf(ids, ids.length - 1);
    Matrix logits = transformer.forward(Batch.of(read), trace, Hooks.NONE);
    double product = 1;
    for (int t = from; t < ids.length; t++) {
      double sum = 0;
      for (int v = 0; v < logits.cols(); v++) {
        sum += Math.exp(logits.at(t - 1, v));
      }
      product *= Math.exp(logits.at(t - 1, ids[t])) / sum;
    }
    return Math.log(product);
  }

  private double plain(String prompt, String text) {
    boolean alone = prompt.isEmpty();
    int[] whole = letters.encode(prompt + text);
    int[] ids = new int[whole.length + (alone ? 1 : 0)];
    System.arraycopy(whole, 0, ids, alone ? 1 : 0, whole.length); // the end token is 0
    return plain(ids, alone ? 1 : prompt.length());
  }

  private String letters(int least, int most) {
    var text = new StringBuilder();
    int count = random.nextInt(least, most + 1);
    for (int i = 0; i < count; i++) {
      text.append((char) ('a' + random.nextInt(16)));
    }
    return text.toString();
  }

  private static CapabilityItem item(int number, Task task) {
    return new CapabilityItem("i" + number, task.kind(), task, Split.HELD_OUT);
  }

  private static List<CapabilityItem> items(List<? extends Task> tasks) {
    List<CapabilityItem> items = new ArrayList<>();
    tasks.forEach(task -> items.add(item(items.size(), task)));
    return items;
  }

  private Map<Metric, Score> scores(List<CapabilityItem> items, Set<Metric> metrics)
      throws SuiteException {
    Map<Metric, Score> scores = new EnumMap<>(Metric.class);
    for (Measurement measured : scorer.measure(items, new Scoring(Shots.NONE, metrics))) {
      scores.put(measured.protocol().metric(), measured.score());
    }
    return scores;
  }

  private List<Task.Choice> choices(int count) {
    List<Task.Choice> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<String> choices = List.of("a" + letters(0, 5), "b" + letters(0, 5), "c" + letters(0, 5));
      tasks.add(new Task.Choice(letters(1, 6), choices, random.nextInt(3), Metric.ACC));
    }
    return tasks;
  }

  @Test
  void choicesAgreeWithAPlainComputation() throws SuiteException {
    List<Task.Choice> tasks = choices(60);

    Map<Metric, Score> scores = scores(items(tasks), Task.Choice.METRICS);

    int[] right = new int[3];
    double brier = 0;
    int differing = 0;
    for (Task.Choice task : tasks) {
      double[] logs = new double[3];
      double[] norm = new double[3];
      double[] information = new double[3];
      double total = 0;
      for (int c = 0; c < 3; c++) {
        String choice = task.choices().get(c);
        logs[c] = plain(task.prompt(), choice);
        norm[c] = logs[c] / choice.length();
        information[c] = logs[c] - plain("", choice);
        total += Math.exp(logs[c]);
      }
      right[0] += best(logs) == task.right() ? 1 : 0;
      right[1] += best(norm) == task.right() ? 1 : 0;
      right[2] += best(information) == task.right() ? 1 : 0;
      differing += best(logs) == best(norm) ? 0 : 1;
      for (int c = 0; c < 3; c++) {
        brier += Math.pow(Math.exp(logs[c]) / total - (c == task.right() ? 1 : 0), 2) / 60;
      }
    }
    assertThat(differing).isPositive();
    assertThat(scores).hasSize(5);
    assertThat(score(scores, Metric.ACC).right()).isEqualTo(right[0]);
    assertThat(score(scores, Metric.ACC_NORM).right()).isEqualTo(right[1]);
    assertThat(score(scores, Metric.ACC_BYTES).right()).isEqualTo(right[1]);
    assertThat(score(scores, Metric.ACC_MUTUAL_INFO).right()).isEqualTo(right[2]);
    assertThat(score(scores, Metric.BRIER).value()).isCloseTo(brier, within(1e-4));
  }

  private static Score score(Map<Metric, Score> scores, Metric metric) {
    Score score = scores.get(metric);
    assertThat(score).isNotNull();
    return Objects.requireNonNull(score);
  }

  private static int best(double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }

  @Test
  void lengthIsCountedInCharactersOrBytesWithoutLeadingBlanks() {
    var task = new Task.Choice("p", List.of(" é", " abc"), 0, Metric.ACC);
    double[] logs = {-3, -4};
    double[] alone = {-1, -3};

    // For each: -3/1 and -4/3 by characters, -3/2 and -4/3 by bytes, -2 and -1 by information.
    assertThat(Contributions.choice(task, Metric.ACC, logs, alone)).isEqualTo(1);
    assertThat(Contributions.choice(task, Metric.ACC_NORM, logs, alone)).isZero();
    assertThat(Contributions.choice(task, Metric.ACC_BYTES, logs, alone)).isZero();
    assertThat(Contributions.choice(task, Metric.ACC_MUTUAL_INFO, logs, alone)).isZero();
    double[] closer = {-2.5, -4};
    assertThat(Contributions.choice(task, Metric.ACC_BYTES, closer, alone)).isEqualTo(1);
    assertThat(Contributions.choice(task, Metric.ACC_NORM, closer, alone)).isZero();
  }

  @Test
  void contrastsAgreeWithAPlainComputation() throws SuiteException {
    List<Task.Contrast> tasks = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      String prompt = i % 2 == 0 ? "" : letters(1, 5);
      List<String> right = List.of("a" + letters(0, 3), "b" + letters(0, 3));
      tasks.add(
          new Task.Contrast(
              prompt, right, List.of("c" + letters(0, 4)), Metric.LOGPROB_DIFFERENCE));
    }

    Map<Metric, Score> scores = scores(items(tasks), Task.Contrast.METRICS);

    double sum = 0;
    int positive = 0;
    for (Task.Contrast task : tasks) {
      double right = 0;
      for (String text : task.right()) {
        right += Math.exp(plain(task.prompt(), text));
      }
      double difference = Math.log(right) - plain(task.prompt(), task.wrong().getFirst());
      sum += difference;
      positive += difference > 0 ? 1 : 0;
    }
    assertThat(positive).isBetween(1, 29);
    assertThat(score(scores, Metric.LOGPROB_DIFFERENCE).value()).isCloseTo(sum / 30, within(1e-4));
    assertThat(score(scores, Metric.PAIR_ACC).right()).isEqualTo(positive);
  }

  @Test
  void textsAgreeWithAPlainComputation() throws SuiteException {
    List<Task.Text> tasks = new ArrayList<>();
    for (int length : new int[] {1, 9, CONTEXT, CONTEXT + 1, 3 * CONTEXT - 5}) {
      tasks.add(new Task.Text(letters(length, length), Metric.BITS_PER_BYTE));
    }

    Map<Metric, Score> scores = scores(items(tasks), Task.Text.METRICS);

    double log = 0;
    int bytes = 0;
    for (Task.Text task : tasks) {
      int[] ids = new int[task.text().length() + 1];
      System.arraycopy(letters.encode(task.text()), 0, ids, 1, ids.length - 1);
      bytes += task.text().length();
      for (int t = 1; t < ids.length; t++) {
        int window = (t - 1) / CONTEXT;
        int end = Math.min(ids.length, (window + 1) * CONTEXT + 1);
        int begin = Math.max(0, end - 1 - CONTEXT);
        log += plain(Arrays.copyOfRange(ids, begin, t + 1), t - begin);
      }
    }
    assertThat(score(scores, Metric.BITS_PER_BYTE).value())
        .isCloseTo(-log / (bytes * Math.log(2)), within(1e-4));
    assertThat(score(scores, Metric.BYTE_PERPLEXITY).value())
        .isCloseTo(Math.exp(-log / bytes), within(1e-3));
    assertThat(Math.log(score(scores, Metric.WORD_PERPLEXITY).value()))
        .isCloseTo(-log / 5, within(1e-3)); // each text is one word
  }

  @Test
  void whatTheModelWouldWriteIsGreedy() throws SuiteException {
    String prompt = letters(3, 3);
    String written = scorer.complete(prompt, 4);
    while (written.length() < 4) {
      prompt = letters(3, 3);
      written = scorer.complete(prompt, 4);
    }
    String other = written.substring(0, 3) + (written.charAt(3) == 'a' ? 'b' : 'a');

    Likelihood greedy = scorer.likelihood(prompt, written);

    assertThat(written).hasSize(4);
    assertThat(greedy.greedy()).isTrue();
    assertThat(greedy.tokens()).isEqualTo(4);
    assertThat(greedy.log()).isCloseTo(plain(prompt, written), within(1e-4));
    assertThat(scorer.likelihood(prompt, other).greedy()).isFalse();
  }

  @Test
  void solvedItemsStandBeforeThePrompt() throws SuiteException {
    List<CapabilityItem> items = new ArrayList<>();
    for (Task.Choice task : choices(8)) {
      items.add(new CapabilityItem("i" + items.size(), "c", task, Split.CALIBRATION));
    }
    Shots shots = Shots.of(1, "p", 5, List.of(new CapabilitySuite(items)));
    List<CapabilityItem> written = new ArrayList<>();
    for (CapabilityItem item : items) {
      Task.Choice task = (Task.Choice) item.task();
      var prefixed =
          new Task.Choice(shots.prompt(item), task.choices(), task.right(), Metric.BRIER);
      written.add(new CapabilityItem(item.id(), "c", prefixed, Split.CALIBRATION));
    }

    Measurement shown =
        scorer.measure(items, new Scoring(shots, EnumSet.of(Metric.BRIER))).getFirst();

    double[] expected = scorer.measure(written, Scoring.USUAL).getFirst().values();
    assertThat(shown.values()).containsExactly(expected, within(1e-6));
    assertThat(shown.protocol().shots()).isEqualTo(1);
    assertThat(shown.protocol().seed()).isEqualTo(5);
  }

  @Test
  void refusesMetricsThatDoNotFitTheItems() {
    List<CapabilityItem> items = items(choices(2));
    var scoring = new Scoring(Shots.NONE, Set.of(Metric.BITS_PER_BYTE));

    assertThatThrownBy(() -> scorer.measure(items, scoring))
        .isInstanceOf(SuiteException.class)
        .hasMessageContaining("found [bits_per_byte]");
  }
}
