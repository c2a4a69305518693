package ai.hartonomous.interpret.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.capture.Corpus;
import ai.hartonomous.interpret.capture.CorpusText;
import ai.hartonomous.interpret.capture.DocumentSource;
import ai.hartonomous.interpret.capture.Packing;
import ai.hartonomous.interpret.evaluate.Evaluation.Baseline;
import ai.hartonomous.interpret.evaluate.Evaluation.Plan;
import ai.hartonomous.interpret.evaluate.Evaluation.Positions;
import ai.hartonomous.interpret.evaluate.EvaluationReport.CoderReport;
import ai.hartonomous.interpret.evaluate.EvaluationReport.Effect;
import ai.hartonomous.interpret.transcoder.CoderActivation;
import ai.hartonomous.interpret.transcoder.CoderWeights;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {
  private static final int BEGIN = 1;
  private static final HookPoint RESIDUAL = new HookPoint(Site.RESIDUAL_AFTER, 0);

  @TempDir private Path folder;

  private final Kernels kernels = Kernels.of(1);
  private final List<int[]> documents = new ArrayList<>();

  @AfterEach
  void close() {
    kernels.close();
  }

  @Test
  void aPerfectCoderLosesNothing() throws IOException {
    SparseCoder coder = linear(new HookPair(RESIDUAL, RESIDUAL), 1, 0);

    CoderReport report = run(Tiny.llama(3), List.of(coder), Positions.ALL).coders().getFirst();

    Effect effect = Objects.requireNonNull(report.effect());
    assertThat(report.reconstruction().fvu().value()).isZero();
    assertThat(report.reconstruction().cosine().value()).isCloseTo(1, within(1e-12));
    assertThat(effect.substitution().increase().value()).isZero();
    assertThat(effect.substitution().divergence().value()).isCloseTo(0, within(1e-6));
    assertThat(effect.substitution().agreement().value()).isEqualTo(1);
    assertThat(Objects.requireNonNull(effect.zero()).crossEntropy().value()).isEqualTo(1);
    assertThat(Objects.requireNonNull(effect.mean()).divergence().value())
        .isCloseTo(1, within(1e-6));
  }

  @Test
  void aCoderOfZerosIsZeroAblation() throws IOException {
    List<SparseCoder> coders =
        List.of(linear(HookPair.mlp(0), 0, 0), linear(HookPair.mlp(1), 0, 0));

    EvaluationReport report = run(Tiny.neox(3), coders, Positions.ALL);

    for (CoderReport coder : report.coders()) {
      assertZeroAblation(Objects.requireNonNull(coder.effect()));
    }
    Effect together = Objects.requireNonNull(report.together());
    assertZeroAblation(together);
    assertThat(together.substitution().crossEntropy())
        .isNotEqualTo(
            Objects.requireNonNull(report.coders().get(0).effect()).substitution().crossEntropy());
  }

  private static void assertZeroAblation(Effect effect) {
    Recovery zero = Objects.requireNonNull(effect.zero());
    assertThat(effect.substitution()).isEqualTo(zero.ablated());
    assertThat(zero.crossEntropy().value()).isZero();
    assertThat(zero.divergence().value()).isZero();
    assertThat(Objects.requireNonNull(effect.mean()).ablated()).isNotEqualTo(zero.ablated());
  }

  @Test
  void figuresAgreeWithOneSequenceAtATime() throws IOException {
    Model model = Tiny.gpt2(3);
    SparseCoder coder = linear(HookPair.mlp(1), 0.3f, 0.1f);

    EvaluationReport report = run(model, List.of(coder), Positions.ALL);

    Alone alone = new Alone(model, coder);
    Substitution clean = Objects.requireNonNull(report.clean());
    CoderReport found = report.coders().getFirst();
    Substitution changed = Objects.requireNonNull(found.effect()).substitution();
    assertThat(report.tokens()).isEqualTo(alone.tokens);
    assertThat(report.predictions()).isEqualTo(alone.tokens);
    assertThat(report.sequences()).isEqualTo(documents.size());
    assertThat(clean.crossEntropy().value()).isCloseTo(alone.clean / alone.tokens, within(1e-5));
    assertThat(clean.divergence().value()).isCloseTo(0, within(1e-6));
    assertThat(changed.crossEntropy().value())
        .isCloseTo(alone.changed / alone.tokens, within(1e-4));
    assertThat(changed.perSequence().value())
        .isCloseTo(alone.changedOfSequences / documents.size(), within(1e-4));
    assertThat(changed.divergence().value())
        .isCloseTo(alone.divergence / alone.tokens, within(1e-4));
    assertThat(found.reconstruction().fvu().value()).isCloseTo(alone.fvu(), within(1e-4));
  }

  @Test
  void specialPositionsMayKeepTheirValues() throws IOException {
    List<SparseCoder> coders = List.of(linear(HookPair.mlp(0), 0, 0));

    EvaluationReport all = run(Tiny.qwen3(3), coders, Positions.ALL);
    EvaluationReport counted = run(Tiny.qwen3(3), coders, Positions.COUNTED);

    assertThat(counted.coders().getFirst().reconstruction())
        .isEqualTo(all.coders().getFirst().reconstruction());
    assertThat(counted.coders().getFirst().effect()).isNotEqualTo(all.coders().getFirst().effect());
  }

  @Test
  void modelsOfNoLanguageHaveNoEffect() throws IOException {
    EvaluationReport report =
        run(Tiny.toy(3), List.of(linear(HookPair.mlp(0), 1, 0)), Positions.ALL);

    assertThat(report.clean()).isNull();
    assertThat(report.coders().getFirst().effect()).isNull();
    assertThat(report.coders().getFirst().reconstruction().fvu().value()).isPositive();
  }

  @Test
  void refusesWhatCannotBeEvaluated() {
    SparseCoder coder = linear(HookPair.mlp(0), 1, 0);
    SparseCoder elsewhere = linear(HookPair.mlp(2), 1, 0);

    assertThatThrownBy(() -> run(Tiny.llama(3), List.of(coder, coder), Positions.ALL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("two coders write layers.0.mlp_output");
    assertThatThrownBy(() -> run(Tiny.llama(3), List.of(elsewhere), Positions.ALL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the model has no layers.2.mlp_input");
  }

  private EvaluationReport run(Model model, List<SparseCoder> coders, Positions positions)
      throws IOException {
    var random = new SplittableRandom(8);
    documents.clear();
    for (int d = 0; d < 7; d++) {
      documents.add(random.ints(2 + random.nextInt(20), 2, 17).toArray());
    }
    String text = documents.stream().map(Arrays::toString).collect(Collectors.joining("\n"));
    Path file = Files.writeString(folder.resolve("ids"), text);
    Packing packing =
        new Packing(
            Packing.Form.SEPARATED, 24, OptionalInt.of(BEGIN), OptionalInt.empty(), 1, Set.of());
    var corpus = new CorpusText(Corpus.ofIds(List.of(new DocumentSource.TokenIds(file))), packing);
    var plan = new Plan(corpus, 72, positions, Set.of(Baseline.values()));
    return new Evaluation(new Transformer(model, kernels), plan, progress -> {}).run(coders);
  }

  /// `y = slope x + shift`.
  private static SparseCoder linear(HookPair pair, float slope, float shift) {
    Matrix skip = Matrix.zeros(12, 12);
    float[] bias = new float[12];
    for (int i = 0; i < 12; i++) {
      skip.data()[13 * i] = slope;
      bias[i] = shift;
    }
    return new SparseCoder(
        pair.reads(),
        pair.writes(),
        new CoderActivation.Relu(),
        new CoderWeights(Matrix.zeros(1, 12), new float[1], Matrix.zeros(1, 12), bias, null, skip));
  }

  /// The same figures, computed for each document by itself and in the plainest way.
  private final class Alone {
    private final Transformer transformer;
    private final Trace trace;
    private final SparseCoder coder;
    private final List<float[]> targets = new ArrayList<>();
    private double missed;
    private double clean;
    private double changed;
    private double changedOfSequences;
    private double divergence;
    private int tokens;

    Alone(Model model, SparseCoder coder) {
      transformer = new Transformer(model, kernels);
      trace = transformer.trace(Trace.Keep.INFERENCE);
      this.coder = coder;
      for (int[] document : documents) {
        add(document);
      }
    }

    private void add(int[] document) {
      int[] ids = new int[document.length + 1];
      ids[0] = BEGIN;
      System.arraycopy(document, 0, ids, 1, document.length);
      float[][] x = new float[ids.length][];
      float[][] y = new float[ids.length][];
      double[][] own =
          distributions(
              ids,
              (point, values) -> {
                keep(point, coder.reads(), values, x);
                keep(point, coder.writes(), values, y);
              });
      double[][] other =
          distributions(
              ids,
              (point, values) -> {
                for (int r = 0; r < ids.length && point.equals(coder.writes()); r++) {
                  System.arraycopy(predict(x[r]), 0, values.data(), values.rowOffset(r), 12);
                }
              });
      double sum = 0;
      for (int t = 1; t < ids.length; t++) {
        clean -= Math.log(own[t - 1][ids[t]]);
        sum -= Math.log(other[t - 1][ids[t]]);
        for (int v = 0; v < own[t - 1].length; v++) {
          divergence += own[t - 1][v] * Math.log(own[t - 1][v] / other[t - 1][v]);
        }
        targets.add(y[t]);
        float[] predicted = predict(x[t]);
        for (int c = 0; c < 12; c++) {
          missed += Math.pow(y[t][c] - predicted[c], 2);
        }
      }
      changed += sum;
      changedOfSequences += sum / document.length;
      tokens += document.length;
    }

    private static void keep(HookPoint point, HookPoint wanted, Matrix values, float[][] out) {
      for (int r = 0; r < out.length && point.equals(wanted); r++) {
        out[r] = new float[values.cols()];
        values.readRow(r, out[r], 0);
      }
    }

    private static float[] predict(float[] x) {
      float[] y = new float[12];
      for (int c = 0; c < 12; c++) {
        y[c] = 0.3f * x[c] + 0.1f;
      }
      return y;
    }

    private double[][] distributions(int[] ids, Hooks hooks) {
      Matrix logits = transformer.forward(Batch.of(ids), trace, hooks);
      double[][] rows = new double[ids.length][logits.cols()];
      for (int r = 0; r < ids.length; r++) {
        double sum = 0;
        for (int v = 0; v < logits.cols(); v++) {
          rows[r][v] = Math.exp(logits.at(r, v));
          sum += rows[r][v];
        }
        for (int v = 0; v < logits.cols(); v++) {
          rows[r][v] /= sum;
        }
      }
      return rows;
    }

    double fvu() {
      double variance = 0;
      for (int c = 0; c < 12; c++) {
        int column = c;
        double mean = targets.stream().mapToDouble(y -> y[column]).average().orElseThrow();
        variance += targets.stream().mapToDouble(y -> Math.pow(y[column] - mean, 2)).sum();
      }
      return missed / variance;
    }
  }
}
