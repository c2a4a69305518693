package ai.hartonomous.interpret.transcoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SparseCoderTest {
  private static final HookPoint IN = new HookPoint(Site.MLP_INPUT, 0);
  private static final HookPoint OUT = new HookPoint(Site.MLP_OUTPUT, 0);

  @Test
  void keepsTheLargestPositivePreActivationsAndOfEqualsTheLowerLatent() {
    Latents latents = encode(new CoderActivation.TopK(2), new float[] {1, 3, 1, -5});

    assertThat(latents.size()).isEqualTo(2);
    assertThat(latents.latent(0)).isZero();
    assertThat(latents.latent(1)).isEqualTo(1);
    assertThat(latents.value(0, 1)).isEqualTo(3);
    assertThat(latents.value(0, 2)).isZero();
  }

  @Test
  void neverKeepsAnInactiveLatentToFillUp() {
    assertThat(encode(new CoderActivation.TopK(3), new float[] {0, 3, -1, -5}).size()).isOne();
    assertThat(encode(new CoderActivation.TopK(9), new float[] {0, 3, -1, 2}).size()).isEqualTo(2);
  }

  @Test
  void jumpsOverTheThreshold() {
    var jump = new CoderActivation.JumpRelu(new float[] {1, 2, 0, 0});

    Latents latents = encode(jump, new float[] {1, 3, 0, 0.5f});

    assertThat(latents.value(0, 0)).isZero();
    assertThat(latents.value(0, 1)).isEqualTo(3);
    assertThat(latents.value(0, 3)).isEqualTo(0.5f);
    assertThat(latents.size()).isEqualTo(2);
  }

  @Test
  void addsDecoderRowsBiasAndSkip() {
    Matrix skip = Matrix.of(new float[] {0, 0, 0, 1, 0, 0, 0, 0}, 2, 4);
    SparseCoder coder = coder(new CoderActivation.Relu(), new float[] {0.5f, 0, 0, 0}, skip);
    Matrix x = Matrix.of(new float[] {1, 2, -1, 7, 0, 0, 0, 1}, 2, 4);
    Matrix y = Matrix.zeros(2, 2);
    Latents latents = new Latents();
    try (Kernels kernels = Kernels.of(1)) {
      coder.encode(x, kernels, latents);
      coder.decode(latents, x, kernels, y);
    }

    // Row 0: latents 0.5, 2 and 7 are active; decoder row i is (i, 1); bias (10, 20); skip adds 7.
    assertThat(y.data()).containsExactly(10 + 2 + 21 + 7, 20 + 9.5f, 10 + 3 + 1, 20 + 1);
  }

  @Test
  void refusesShapesThatDoNotFit() {
    assertThatThrownBy(() -> coder(new CoderActivation.JumpRelu(new float[3]), null, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 thresholds for 4 latents");
  }

  private static Latents encode(CoderActivation activation, float[] x) {
    Latents latents = new Latents();
    try (Kernels kernels = Kernels.of(1)) {
      coder(activation, null, null).encode(Matrix.of(x, 1, 4), kernels, latents);
    }
    return latents;
  }

  /// Four latents that read one number each, and write `(i, 1)`.
  private static SparseCoder coder(
      CoderActivation activation, float @Nullable [] inputBias, @Nullable Matrix skip) {
    Matrix encoder = Matrix.zeros(4, 4);
    for (int i = 0; i < 4; i++) {
      encoder.data()[5 * i] = 1;
    }
    Matrix decoder = Matrix.of(new float[] {0, 1, 1, 1, 2, 1, 3, 1}, 4, 2);
    float[] bias = {10, 20};
    return new SparseCoder(
        IN,
        OUT,
        activation,
        new CoderWeights(encoder, new float[4], decoder, bias, inputBias, skip));
  }
}
