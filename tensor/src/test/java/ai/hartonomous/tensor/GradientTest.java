package ai.hartonomous.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.tensor.AttentionShape.KeyHeads;
import ai.hartonomous.tensor.AttentionShape.Mask;
import ai.hartonomous.tensor.Kernels.Gated;
import ai.hartonomous.tensor.Kernels.PatternValue;
import ai.hartonomous.tensor.Kernels.QueryKey;
import java.util.Arrays;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every gradient against central differences of a loss `Σ weight[i] out[i]` that is added up in
/// double precision, for both implementations.
class GradientTest {

  // Results are rounded to single precision: with steps of 2^-7 their rounding, 2^-24 of at most
  // about 8, contributes 2^-14 at worst and usually far less; the third derivative contributes
  // 2^-14 / 6 times its size.
  private static final float STEP = 0x1p-7f;
  private static final double TOLERANCE = 5e-4;

  enum Implementation {
    REFERENCE,
    SIMD;

    Kernels open() {
      return switch (this) {
        case REFERENCE -> new ReferenceKernels();
        case SIMD -> new SimdKernels(2);
      };
    }
  }

  @ParameterizedTest
  @EnumSource(Implementation.class)
  void linearMap(Implementation implementation) {
    try (Kernels kernels = implementation.open()) {
      Matrix x = Samples.matrix(5, 7, 1);
      Matrix weight = Samples.matrix(6, 7, 2);
      float[] bias = Samples.uniform(6, 3);
      Matrix out = Matrix.zeros(5, 6);
      Matrix dOut = Samples.matrix(5, 6, 4);
      DoubleSupplier loss =
          () -> {
            kernels.project(x, weight, bias, out);
            return dot(out.data(), dOut.data());
          };
      Matrix dX = Matrix.zeros(5, 7);
      Matrix dWeight = Matrix.zeros(6, 7);
      float[] dBias = new float[6];

      kernels.multiplyAdd(dOut, weight, dX);
      kernels.multiplyAdd(dOut.transposed(), x, dWeight);
      kernels.sumRows(dOut, dBias);

      check("x", x.data(), dX.data(), loss);
      check("weight", weight.data(), dWeight.data(), loss);
      check("bias", bias, dBias, loss);
    }
  }

  @ParameterizedTest
  @EnumSource(Implementation.class)
  void lookup(Implementation implementation) {
    try (Kernels kernels = implementation.open()) {
      Matrix table = Samples.matrix(4, 5, 1);
      int[] ids = {2, 0, 2};
      Matrix out = Matrix.zeros(3, 5);
      Matrix dOut = Samples.matrix(3, 5, 2);
      Matrix dTable = Matrix.zeros(4, 5);

      kernels.scatterAdd(dOut, ids, dTable);

      check(
          "table",
          table.data(),
          dTable.data(),
          () -> {
            kernels.gather(table, ids, out);
            return dot(out.data(), dOut.data());
          });
    }
  }

  @ParameterizedTest
  @EnumSource(Implementation.class)
  void norms(Implementation implementation) {
    try (Kernels kernels = implementation.open()) {
      for (Norm norm :
          new Norm[] {
            new Norm(Norm.Kind.LAYER, Samples.uniform(19, 1), Samples.uniform(19, 2), 1e-3f),
            new Norm(Norm.Kind.RMS, Samples.uniform(19, 1), null, 1e-3f)
          }) {
        Matrix x = Samples.matrix(4, 19, 3);
        Matrix out = Matrix.zeros(4, 19);
        Matrix dOut = Samples.matrix(4, 19, 4);
        float[] stats = new float[8];
        DoubleSupplier loss =
            () -> {
              kernels.norm(norm, x, out, stats);
              return dot(out.data(), dOut.data());
            };
        kernels.norm(norm, x, out, stats);
        Matrix dX = Matrix.zeros(4, 19);
        Norm dNorm = norm.zeros();

        kernels.normBackward(norm, x, stats.clone(), dOut, dX, dNorm);

        check(norm.kind() + " x", x.data(), dX.data(), loss);
        check(norm.kind() + " gain", norm.gain(), dNorm.gain(), loss);
        float[] bias = norm.bias();
        float[] dBias = dNorm.bias();
        if (bias != null && dBias != null) {
          check(norm.kind() + " bias", bias, dBias, loss);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Implementation.class)
  void activations(Implementation implementation) {
    try (Kernels kernels = implementation.open()) {
      for (Activation activation : Activation.values()) {
        // Away from 0, where RELU has a corner.
        float[] x = {-6, -3.3f, -1.7f, -0.9f, -0.3f, 0.2f, 0.8f, 1.5f, 2.9f, 5.5f};
        float[] out = new float[10];
        float[] dOut = Samples.uniform(10, 1);
        float[] dX = new float[10];

        kernels.activateBackward(activation, x, dOut, dX, 10);

        check(
            activation.name(),
            x,
            dX,
            () -> {
              kernels.activate(activation, x, out, 10);
              return dot(out, dOut);
            });
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Implementation.class)
  void gates(Implementation implementation) {
    try (Kernels kernels = implementation.open()) {
      for (Activation activation : Activation.values()) {
        float[] gate = {-3.3f, -1.7f, -0.9f, -0.3f, 0.2f, 0.8f, 1.5f, 2.9f};
        float[] up = Samples.uniform(8, 1);
        float[] out = new float[8];
        float[] dOut = Samples.uniform(8, 2);
        Gated dIn = new Gated(new float[8], new float[8]);
        DoubleSupplier loss =
            () -> {
              kernels.gate(activation, gate, up, out, 8);
              return dot(out, dOut);
            };

        kernels.gateBackward(activation, new Gated(gate, up), dOut, dIn, 8);

        check(activation + " gate", gate, dIn.gate(), loss);
        check(activation + " up", up, dIn.up(), loss);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Implementation.class)
  void rotation(Implementation implementation) {
    try (Kernels kernels = implementation.open()) {
      Rotary rotary = Rotary.of(new double[] {1, 0.1}, 9);
      int[] positions = {0, 3, 8};
      Matrix x = Samples.matrix(3, 12, 1);
      Matrix dOut = Samples.matrix(3, 12, 2);
      Matrix dX = Matrix.of(dOut.data().clone(), 3, 12);

      kernels.rotateBack(rotary, dX, 6, positions);

      check(
          "x",
          x.data(),
          dX.data(),
          () -> {
            Matrix out = Matrix.of(x.data().clone(), 3, 12);
            kernels.rotate(rotary, out, 6, positions);
            return dot(out.data(), dOut.data());
          });
    }
  }

  private static final AttentionShape[] SHAPES = {
    new AttentionShape(2, 6, 8, 5, new KeyHeads(new int[] {1, 0, 1}, 2), new Mask(true, 4, 0.6f)),
    new AttentionShape(1, 7, 7, 4, new KeyHeads(new int[] {0, 1}, 2), new Mask(false, 0, 0.5f))
  };

  @ParameterizedTest
  @EnumSource(Implementation.class)
  void attentionWeights(Implementation implementation) {
    try (Kernels kernels = implementation.open()) {
      for (AttentionShape shape : SHAPES) {
        float[] q = Samples.uniform(Shapes.queryElements(shape), 1);
        float[] k = Samples.uniform(Shapes.keyElements(shape), 2);
        float[] pattern = new float[shape.patternSize()];
        float[] dPattern = Samples.uniform(pattern.length, 3);
        DoubleSupplier loss =
            () -> {
              kernels.attentionPattern(shape, q, k, pattern);
              return dot(pattern, dPattern);
            };
        kernels.attentionPattern(shape, q, k, pattern);
        QueryKey dIn = new QueryKey(new float[q.length], new float[k.length]);

        kernels.attentionPatternBackward(
            shape, new QueryKey(q, k), pattern.clone(), dPattern.clone(), dIn);

        check("q", q, dIn.q(), loss);
        check("k", k, dIn.k(), loss);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Implementation.class)
  void attentionOutput(Implementation implementation) {
    try (Kernels kernels = implementation.open()) {
      for (AttentionShape shape : SHAPES) {
        float[] pattern = Samples.uniform(shape.patternSize(), 1);
        float[] v = Samples.uniform(Shapes.keyElements(shape), 2);
        float[] z = new float[Shapes.queryElements(shape)];
        float[] dZ = Samples.uniform(z.length, 3);
        DoubleSupplier loss =
            () -> {
              kernels.attentionOutput(shape, pattern, v, z);
              return dot(z, dZ);
            };
        float[] dPattern = new float[pattern.length];
        float[] dV = new float[v.length];

        kernels.attentionOutputBackward(shape, new PatternValue(pattern, v), dZ, dPattern, dV);

        check("pattern", pattern, dPattern, loss);
        check("v", v, dV, loss);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Implementation.class)
  void crossEntropy(Implementation implementation) {
    try (Kernels kernels = implementation.open()) {
      Matrix logits = Samples.matrix(4, 11, 1);
      int[] targets = {3, -1, 10, 0};
      float[] losses = new float[4];
      Matrix dLogits = Matrix.zeros(4, 11);

      kernels.crossEntropyBackward(logits, targets, 0.5f, dLogits);

      check(
          "logits",
          logits.data(),
          dLogits.data(),
          () -> {
            kernels.crossEntropy(logits, targets, losses);
            return 0.5 * ((double) losses[0] + losses[1] + losses[2] + losses[3]);
          });
    }
  }

  @ParameterizedTest
  @EnumSource(Implementation.class)
  void divergence(Implementation implementation) {
    try (Kernels kernels = implementation.open()) {
      Matrix teacher = Samples.matrix(3, 11, 1);
      Matrix student = Samples.matrix(3, 11, 2);
      float[] scales = {1, 0, -0.5f};
      float[] losses = new float[3];
      Matrix dStudent = Matrix.zeros(3, 11);

      kernels.divergenceBackward(teacher, student, 1.7f, scales, dStudent);

      check(
          "student",
          student.data(),
          dStudent.data(),
          () -> {
            kernels.divergence(teacher, student, 1.7f, losses);
            return dot(losses, scales);
          });
    }
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static void check(String name, float[] x, float[] gradient, DoubleSupplier loss) {
    float[] analytic = gradient.clone();
    double largest = 0;
    for (int i = 0; i < x.length; i++) {
      float old = x[i];
      x[i] = old + STEP;
      double above = loss.getAsDouble();
      float up = x[i];
      x[i] = old - STEP;
      double difference = (above - loss.getAsDouble()) / ((double) up - x[i]);
      x[i] = old;
      largest = Math.max(largest, Math.abs(difference));
      assertThat((double) analytic[i])
          .as("%s[%d]", name, i)
          .isCloseTo(difference, within(TOLERANCE));
    }
    assertThat(largest).as("some gradient of %s %s", name, Arrays.toString(x)).isPositive();
  }
}
