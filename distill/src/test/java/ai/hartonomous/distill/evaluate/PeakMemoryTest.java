package ai.hartonomous.distill.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.distill.evaluate.PeakMemory.Measured;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.transformer.InitialWeights;
import ai.hartonomous.model.transformer.InitialWeights.Parts;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.Block;
import ai.hartonomous.model.transformer.ModelConfig.Extents;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.ModelConfig.NormConfig;
import ai.hartonomous.model.transformer.ModelConfig.Positions;
import ai.hartonomous.tensor.Activation;
import ai.hartonomous.tensor.Norm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeakMemoryTest {
  @TempDir private Path folder;

  @Test
  void aProcessOfItsOwnHoldsTheWeightsAndTheCache() throws IOException, InterruptedException {
    Model model = model(3_000);
    Path checkpoint = folder.resolve("model");
    HuggingFaceWriter.write(model, checkpoint, Dtype.F32, null);

    Measured measured = PeakMemory.of(checkpoint).orElseThrow();

    long weights = 4 * model.weights().parameterCount();
    long cache = 4L * 2 * 64 * 64 * 2;
    assertThat(measured.tokens()).isEqualTo(64);
    // What the classes that were loaded meanwhile and the buffers of a token take comes on top.
    assertThat(measured.liveBytes()).isBetween(weights + cache, weights + cache + 2_000_000);
    Long process = measured.processBytes();
    if (process != null) { // only Linux tells
      assertThat(process).isGreaterThan(measured.liveBytes());
    }
  }

  @Test
  void whatIsNoCheckpointHasNoMemory() throws InterruptedException {
    assertThat(PeakMemory.of(folder.resolve("nothing"))).isEmpty();
  }

  private static Model model(int vocabulary) {
    double[] frequencies = new double[16];
    LayerConfig layer = LayerConfig.grouped(2, 2, 256);
    var config =
        new ModelConfig(
            "llama",
            new Extents(64, 32, vocabulary, vocabulary, 64),
            new Positions.Rotated(32, frequencies, 10_000, null),
            new NormConfig(Norm.Kind.RMS, 1e-5f),
            new Block(false, Activation.SILU, true, true, 0, (float) (1 / Math.sqrt(32))),
            true,
            Collections.nCopies(2, layer));
    return InitialWeights.of(config, Parts.NONE, new SplittableRandom(3));
  }
}
