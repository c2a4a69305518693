package ai.hartonomous.interpret.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.transcoder.CoderActivation;
import ai.hartonomous.interpret.transcoder.CoderWeights;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import org.junit.jupiter.api.Test;

class StabilityTest {
  private static final float[] UNIT = {1, 0, 0, 1};

  @Test
  void findsEveryLatentInAnotherOrderAndScale() {
    Stability found = compare(coder(0, UNIT, UNIT), coder(0, new float[] {0, 3, 2, 0}, UNIT));

    assertThat(found.encoder()).isEqualTo(new Stability.Side(2, 1, 1));
    assertThat(found.decoder()).isEqualTo(new Stability.Side(2, 1, 1));
  }

  @Test
  void takesTheBestCosineOfEachLatent() {
    Stability found = compare(coder(0, UNIT, UNIT), coder(0, new float[] {1, 2, 0, 1}, UNIT));

    // Row (1, 0) meets (1, 2) at 1/√5 and (0, 1) at 0; row (0, 1) meets itself.
    assertThat(found.encoder().meanBestCosine())
        .isCloseTo((1 / Math.sqrt(5) + 1) / 2, within(1e-6));
    assertThat(found.encoder().shareFound()).isEqualTo(0.5);
  }

  @Test
  void theOppositeDirectionIsAnotherLatent() {
    Stability found = compare(coder(0, UNIT, UNIT), coder(0, new float[] {-1, 0, 0, -1}, UNIT));

    assertThat(found.encoder()).isEqualTo(new Stability.Side(2, 0, 0));
  }

  @Test
  void leavesOutRowsOfZeros() {
    Stability found =
        compare(coder(0, UNIT, new float[] {0, 0, 0, 1}), coder(0, UNIT, new float[] {0, 0, 0, 2}));

    assertThat(found.decoder()).isEqualTo(new Stability.Side(1, 1, 1));
  }

  @Test
  void refusesCodersOfDifferentValues() {
    assertThatThrownBy(() -> compare(coder(0, UNIT, UNIT), coder(1, UNIT, UNIT)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("coders of different values");
  }

  private static Stability compare(SparseCoder coder, SparseCoder other) {
    try (Kernels kernels = Kernels.of(1)) {
      return Stability.of(coder, other, kernels);
    }
  }

  private static SparseCoder coder(int layer, float[] encoder, float[] decoder) {
    HookPair pair = HookPair.mlp(layer);
    var weights =
        new CoderWeights(
            Matrix.of(encoder, 2, 2),
            new float[2],
            Matrix.of(decoder, 2, 2),
            new float[2],
            null,
            null);
    return new SparseCoder(pair.reads(), pair.writes(), new CoderActivation.Relu(), weights);
  }
}
