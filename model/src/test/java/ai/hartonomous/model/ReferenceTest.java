package ai.hartonomous.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.KvCache;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Real checkpoints against their `reference.json`: values of an independent implementation in
/// double precision, rounded to float.
@Tag("weights")
class ReferenceTest {

  /// The bar for float weights. A plain float evaluation comes within 2e-5 of the reference for
  /// logits up to 20, so larger numbers get the same bar relative to their size.
  private static final double BAR = 5e-5;

  private final Kernels kernels = Kernels.of(2);

  @AfterEach
  void close() {
    kernels.close();
  }

  /// A checkpoint with what is known about it.
  private record Subject(Transformer transformer, Trace trace, JsonNode reference) {

    Matrix forward(int[] ids, Hooks hooks) {
      return transformer.forward(Batch.of(ids), trace, hooks);
    }
  }

  private Subject subject(String name) throws IOException {
    Path folder = SharedData.folder(name);
    Model model;
    try (Checkpoint checkpoint = Checkpoints.open(folder)) {
      model = checkpoint.load();
    }
    var transformer = new Transformer(model, kernels);
    JsonNode reference = SharedData.json(folder.resolve("reference.json"));
    return new Subject(transformer, transformer.trace(Trace.Keep.INFERENCE), reference);
  }

  private static void assertClose(String what, double found, JsonNode expected) {
    double value = expected.asDouble();
    assertThat(found).as(what).isCloseTo(value, within(BAR * Math.max(1, Math.abs(value) / 20)));
  }

  private static double norm(Matrix matrix, int row, int from, int to) {
    double sum = 0;
    for (int c = from; c < to; c++) {
      sum += (double) matrix.at(row, c) * matrix.at(row, c);
    }
    return Math.sqrt(sum);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "model-gpt2-shakespeare",
        "model-gpt2-sort-nano",
        "model-neox-sherlock",
        "model-stories260k",
        "toy-induction-gbmi",
        "tracr-frac-prevs",
        "tracr-reverse"
      })
  void logitsAgree(String name) throws IOException {
    Subject subject = subject(name);

    int number = 0;
    for (JsonNode prompt : subject.reference.path("prompts")) {
      String what = "prompt " + number++;
      int[] ids = SharedData.ints(prompt.path("ids"));
      Matrix logits = subject.forward(ids, Hooks.NONE);
      int last = ids.length - 1;
      assertClose(
          what + " norm", norm(logits, last, 0, logits.cols()), prompt.path("logits_l2_norm"));
      int[] top = SharedData.ints(prompt.path("top_ids"));
      for (int i = 0; i < top.length; i++) {
        assertClose(
            what + " id " + top[i], logits.at(last, top[i]), prompt.path("top_logits").get(i));
        assertThat(logits.at(last, top[0]))
            .as(what)
            .isGreaterThanOrEqualTo(logits.at(last, top[i]));
      }
      assertAllLogits(what, logits, prompt.path("all_logits"));
    }
    assertThat(number).isGreaterThanOrEqualTo(8);
  }

  /// `all` is `[outputs]` of the last position, `[positions][outputs]`, or absent.
  private static void assertAllLogits(String what, Matrix logits, JsonNode all) {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).isNumber()) {
        assertClose(what + " output " + i, logits.at(logits.rows() - 1, i), all.get(i));
      }
      for (int c = 0; c < all.get(i).size(); c++) {
        assertClose(what + " position " + i, logits.at(i, c), all.get(i).get(c));
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "model-gpt2-shakespeare",
        "model-gpt2-sort-nano",
        "model-neox-sherlock",
        "model-stories260k"
      })
  void crossEntropiesAgree(String name) throws IOException {
    Subject subject = subject(name);

    for (JsonNode passage : subject.reference.path("passages")) {
      int[] ids = SharedData.ints(passage.path("ids"));
      Matrix logits = subject.forward(ids, Hooks.NONE);
      int[] targets = Arrays.copyOf(Arrays.copyOfRange(ids, 1, ids.length + 1), ids.length);
      targets[ids.length - 1] = -1;
      float[] losses = new float[ids.length];
      kernels.crossEntropy(logits, targets, losses);

      String what = passage.path("name").asString();
      JsonNode expected = passage.path("per_position_nll");
      assertThat(expected.size()).isEqualTo(ids.length - 1);
      for (int t = 0; t < expected.size(); t++) {
        assertClose(what + " position " + t, losses[t], expected.get(t));
      }
      JsonNode scored = passage.path("scored_positions");
      int[] positions =
          scored.isArray() ? SharedData.ints(scored) : IntStream.range(0, ids.length - 1).toArray();
      double mean = Arrays.stream(positions).mapToDouble(t -> losses[t]).average().orElseThrow();
      assertClose(what, mean, passage.path("mean_cross_entropy"));
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "model-gpt2-shakespeare",
        "model-gpt2-sort-nano",
        "model-neox-sherlock",
        "model-stories260k"
      })
  void valuesInsideThePassAgree(String name) throws IOException {
    Subject subject = subject(name);
    JsonNode inside = subject.reference.path("internals_of_prompt_0");
    int[] ids = SharedData.ints(subject.reference.path("prompts").get(0).path("ids"));
    Map<HookPoint, Matrix> seen = new HashMap<>();
    subject.forward(ids, (point, values) -> seen.put(point, copy(values)));

    int last = ids.length - 1;
    for (int l = 0; l < subject.transformer.config().layers().size(); l++) {
      assertHeads(l, subject, seen, inside, ids.length);
      assertNorm(seen, Site.RESIDUAL_BEFORE, l, last, inside.path("resid_pre_l2"));
      assertNorm(seen, Site.ATTENTION_OUTPUT, l, last, inside.path("attn_out_l2"));
      assertNorm(seen, Site.MLP_OUTPUT, l, last, inside.path("mlp_out_l2"));
      assertNorm(seen, Site.RESIDUAL_AFTER, l, last, inside.path("resid_post_l2"));
      assertFirst(seen, Site.RESIDUAL_AFTER, l, last, inside.path("resid_post_first8"));
      assertFirst(seen, Site.NEURONS, l, last, inside.path("mlp_post_activation_first8"));
    }
  }

  private static void assertHeads(
      int l, Subject subject, Map<HookPoint, Matrix> seen, JsonNode inside, int length) {
    int heads = subject.transformer.config().layers().get(l).heads();
    int width = subject.transformer.config().extents().headWidth();
    for (int h = 0; h < heads; h++) {
      String what = "layer %d head %d".formatted(l, h);
      Matrix pattern = at(seen, Site.ATTENTION_PATTERN, l);
      JsonNode row = inside.path("attention_pattern").get(l).get(h);
      assertThat(row.size()).isEqualTo(length);
      for (int s = 0; s < length; s++) {
        assertClose(what + " pattern", pattern.at(h * length + length - 1, s), row.get(s));
      }
      Matrix output = at(seen, Site.HEAD_OUTPUT, l);
      double norm = norm(output, length - 1, h * width, (h + 1) * width);
      assertClose(what + " output", norm, inside.path("head_z_l2").get(l).get(h));
    }
  }

  private static void assertNorm(
      Map<HookPoint, Matrix> seen, Site site, int l, int row, JsonNode expected) {
    Matrix values = at(seen, site, l);
    assertClose(site + " of layer " + l, norm(values, row, 0, values.cols()), expected.get(l));
  }

  private static void assertFirst(
      Map<HookPoint, Matrix> seen, Site site, int l, int row, JsonNode expected) {
    for (int i = 0; i < expected.get(l).size(); i++) {
      assertClose(site + " of layer " + l, at(seen, site, l).at(row, i), expected.get(l).get(i));
    }
  }

  private static Matrix at(Map<HookPoint, Matrix> seen, Site site, int layer) {
    Matrix values = seen.get(new HookPoint(site, layer));
    assertThat(values).as("%s of layer %d", site, layer).isNotNull();
    return Objects.requireNonNull(values);
  }

  private static Matrix copy(Matrix values) {
    Matrix copy = Matrix.zeros(values.rows(), values.cols());
    for (int r = 0; r < values.rows(); r++) {
      values.readRow(r, copy.data(), r * values.cols());
    }
    return copy;
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"toy-induction-gbmi", "tracr-frac-prevs", "tracr-reverse"})
  void patternsOfToyModelsAgree(String name) throws IOException {
    Subject subject = subject(name);

    for (JsonNode prompt : subject.reference.path("prompts")) {
      int[] ids = SharedData.ints(prompt.path("ids"));
      Map<HookPoint, Matrix> seen = new HashMap<>();
      subject.forward(ids, (point, values) -> seen.put(point, copy(values)));
      JsonNode layers = prompt.path("attention_pattern_last_row");
      for (int l = 0; l < layers.size(); l++) {
        for (int h = 0; h < layers.get(l).size(); h++) {
          Matrix pattern = at(seen, Site.ATTENTION_PATTERN, l);
          JsonNode row = layers.get(l).get(h);
          for (int s = 0; s < row.size(); s++) {
            int queryRow = h * ids.length + ids.length - 1;
            assertClose("layer %d head %d".formatted(l, h), pattern.at(queryRow, s), row.get(s));
          }
        }
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = "toy-induction-gbmi")
  void taskSetsOfToyModelsAgree(String name) throws IOException {
    Subject subject = subject(name);
    JsonNode task = subject.reference.path("task_set");
    int[] scored = SharedData.ints(task.path("scored_positions"));
    double loss = 0;
    int right = 0;
    int count = 0;
    for (int i = 0; i < task.path("ids").size(); i++) {
      Matrix logits = subject.forward(SharedData.ints(task.path("ids").get(i)), Hooks.NONE);
      int[] targets = new int[logits.rows()];
      Arrays.fill(targets, -1);
      for (int s = 0; s < scored.length; s++) {
        targets[scored[s]] = task.path("targets").get(i).get(s).asInt();
      }
      float[] losses = new float[logits.rows()];
      kernels.crossEntropy(logits, targets, losses);
      for (int t : scored) {
        loss += losses[t];
        right += best(logits, t) == targets[t] ? 1 : 0;
        count++;
      }
    }
    assertClose("cross-entropy", loss / count, task.path("listed_ce"));
    assertClose("accuracy", (double) right / count, task.path("listed_acc"));
  }

  private static int best(Matrix logits, int row) {
    int best = 0;
    for (int c = 1; c < logits.cols(); c++) {
      best = logits.at(row, c) > logits.at(row, best) ? c : best;
    }
    return best;
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "model-gpt2-shakespeare",
        "model-gpt2-sort-nano",
        "model-neox-sherlock",
        "model-stories260k",
        "toy-induction-gbmi",
        "tracr-frac-prevs"
      })
  void decodingWithACacheGivesTheLogitsOfTheWholePass(String name) throws IOException {
    Subject subject = subject(name);
    JsonNode passages = subject.reference.path("passages");
    JsonNode texts = passages.isMissingNode() ? subject.reference.path("prompts") : passages;
    assumeTrue(subject.transformer.config().block().causal());

    for (int i = 0; i < Math.min(3, texts.size()); i++) {
      int[] ids = SharedData.ints(texts.get(i).path("ids"));
      Matrix whole = copy(subject.forward(ids, Hooks.NONE));
      for (int chunk : new int[] {1, 7, 64}) {
        var cache = new KvCache(subject.transformer.config(), ids.length);
        for (int at = 0; at < ids.length; at += chunk) {
          int end = Math.min(ids.length, at + chunk);
          int[] next = Arrays.copyOfRange(ids, at, end);
          Matrix logits = subject.transformer.extend(next, cache, subject.trace, Hooks.NONE);
          assertSameRow(whole, end - 1, logits, "text %d, chunks of %d".formatted(i, chunk));
        }
      }
    }
  }

  /// One row is summed up in another order than many are, and floats of size 14 lie 1e-6 apart: the
  /// bar of 1e-5 counts relative to the largest logit of the row where that exceeds 1.
  private static void assertSameRow(Matrix whole, int row, Matrix logits, String what) {
    double largest = 1;
    for (int c = 0; c < whole.cols(); c++) {
      largest = Math.max(largest, Math.abs(whole.at(row, c)));
    }
    for (int c = 0; c < logits.cols(); c++) {
      assertThat((double) logits.at(0, c))
          .as("%s, position %d", what, row)
          .isCloseTo(whole.at(row, c), within(1e-5 * largest));
    }
  }
}
