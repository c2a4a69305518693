package ai.hartonomous.interpret.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.hartonomous.interpret.transcoder.Latents;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The dictionaries of stories260K, trained and recorded by another implementation.
@Tag("weights")
class Stories260kCodersTest {
  @TempDir private Path store;

  /// The reference is printed with seven digits, from single precision sums of 64 products.
  private static final double BAR = 2e-5;

  private static Path folder(String name) {
    String root = System.getProperty("repository.root", "..");
    Path folder = Path.of(root, "../shared/data", name).normalize();
    assumeTrue(Files.isDirectory(folder), "absent: " + folder);
    return folder;
  }

  @Test
  void reproducesEveryActiveFeatureOfTheReference() throws IOException {
    List<SparseCoder> coders = Coders.read(folder("sae-stories260k"));
    JsonNode reference =
        new JsonMapper()
            .readTree(Files.readString(folder("sae-stories260k").resolve("reference.json")));
    int[] ids = reference.path("ids").valueStream().mapToInt(JsonNode::asInt).toArray();
    Map<HookPoint, Matrix> rows = lastRows(ids);
    Function<HookPoint, Matrix> last = p -> Optional.ofNullable(rows.get(p)).orElseThrow();

    assertThat(coders).hasSize(6);
    try (Kernels kernels = Kernels.of(1)) {
      for (SparseCoder coder : coders) {
        boolean transcodes = !coder.reads().equals(coder.writes());
        int layer = coder.reads().layer();
        JsonNode expected =
            transcodes ? reference.path("transcoders").get(layer) : reference.path("sae");
        Matrix x = last.apply(coder.reads());
        Latents latents = new Latents();
        coder.encode(x, kernels, latents);
        Matrix y = Matrix.zeros(1, 64);
        coder.decode(latents, x, kernels, y);

        assertThat(expected.path("layer").asInt()).isEqualTo(layer);
        assertThat(latents.size()).isEqualTo(expected.path("active").size());
        for (int e = 0; e < latents.size(); e++) {
          JsonNode pair = expected.path("active").get(e);
          assertThat(latents.latent(e)).isEqualTo(pair.get(0).asInt());
          assertThat((double) latents.value(e)).isCloseTo(pair.get(1).asDouble(), within(BAR));
        }
        if (transcodes) {
          assertThat(norm(y)).isCloseTo(expected.path("reconstruction_l2").asDouble(), within(BAR));
          assertThat(norm(last.apply(coder.writes())))
              .isCloseTo(expected.path("true_mlp_out_l2").asDouble(), within(BAR));
        }
      }
    }
  }

  @Test
  void survivesTheWayThroughOurStoreAndSaeLens() throws IOException {
    List<StoredCoder> coders = Coders.readStored(folder("sae-stories260k"));

    for (StoredCoder stored : coders) {
      Coders.write(store.resolve("ours"), stored);
      Coders.writeSaeLens(store.resolve("lens"), stored, "stories260K");
    }

    List<SparseCoder> ours = Coders.read(store.resolve("ours"));
    List<SparseCoder> lens = Coders.read(store.resolve("lens"));

    for (int i = 0; i < coders.size(); i++) {
      SparseCoder first = coders.get(i).coder();
      for (SparseCoder other : List.of(ours.get(i), lens.get(i))) {
        assertThat(other.reads()).isEqualTo(first.reads());
        assertThat(other.writes()).isEqualTo(first.writes());
        assertThat(other.activation()).isEqualTo(first.activation());
        assertThat(other.weights().encoder().data()).isEqualTo(first.weights().encoder().data());
        assertThat(other.weights().decoder().data()).isEqualTo(first.weights().decoder().data());
      }
    }
  }

  @Test
  void coderOfAnotherLayerOrScaleDoesNotBelongToTheModel() throws IOException {
    List<SparseCoder> coders = Coders.read(folder("sae-stories260k"));
    SparseCoder first = coders.getFirst();
    var moved =
        new SparseCoder(
            new HookPoint(Site.MLP_INPUT, 4),
            new HookPoint(Site.MLP_OUTPUT, 4),
            first.activation(),
            first.weights());
    SparseCoder loud = coders.getLast();
    for (int i = 0; i < loud.weights().decoder().data().length; i++) {
      loud.weights().decoder().data()[i] *= 4;
    }
    JsonNode reference =
        new JsonMapper()
            .readTree(Files.readString(folder("model-stories260k").resolve("reference.json")));
    List<int[]> sequences =
        reference
            .path("passages")
            .valueStream()
            .map(p -> p.path("ids").valueStream().mapToInt(JsonNode::asInt).toArray())
            .toList();
    Model model = model();
    try (Kernels kernels = Kernels.of(1)) {
      var transformer = new Transformer(model, kernels);
      double[] right = ImportCheck.unexplained(transformer, coders.subList(0, 5), sequences);
      double[] wrong = ImportCheck.unexplained(transformer, List.of(moved, loud), sequences);

      assertThat(Arrays.stream(right).max().orElseThrow()).isLessThan(0.25);
      assertThat(Arrays.stream(wrong).min().orElseThrow())
          .isGreaterThan(ImportCheck.MOST_UNEXPLAINED);
    }
  }

  private static Model model() throws IOException {
    try (Checkpoint checkpoint = Checkpoints.open(folder("model-stories260k"))) {
      return checkpoint.load();
    }
  }

  private static Map<HookPoint, Matrix> lastRows(int[] ids) throws IOException {
    Model model = model();
    Map<HookPoint, Matrix> rows = new HashMap<>();
    try (Kernels kernels = Kernels.of(1)) {
      var transformer = new Transformer(model, kernels);
      transformer.forward(
          Batch.of(ids),
          transformer.trace(Trace.Keep.INFERENCE),
          (point, values) -> {
            Matrix row = Matrix.zeros(1, values.cols());
            values.readRow(values.rows() - 1, row.data(), 0);
            rows.put(point, row);
          });
    }
    return rows;
  }

  private static double norm(Matrix row) {
    double squares = 0;
    for (float value : row.data()) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }
}
