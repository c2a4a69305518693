package ai.hartonomous.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The outputs of a row are the same, bit for bit, whichever rows come with it: what makes the text
/// of a server independent of what else it computes.
class FewRowsTest {

  @ParameterizedTest(name = "{0} rows, {1} inputs, {2} outputs")
  @CsvSource({
    "2, 32, 1",
    "3, 64, 15",
    "4, 288, 33",
    "5, 96, 16",
    "8, 768, 50",
    "13, 32, 100",
    "24, 160, 47"
  })
  void aRowIsTheSameAloneAndAmongOthers(int rows, int inputs, int outputs) {
    Matrix x = Samples.matrix(rows, inputs, rows);
    Matrix floats = Samples.matrix(outputs, inputs, 7);
    float[] bias = Samples.uniform(outputs, 8);
    for (Weight weight : new Weight[] {floats, Q8Matrix.quantize(floats)}) {
      for (int threads : new int[] {1, 2}) {
        try (Kernels kernels = Kernels.of(threads)) {
          Matrix together = Matrix.zeros(rows, outputs);
          kernels.project(x, weight, bias, together);
          for (int r = 0; r < rows; r++) {
            float[] input = new float[inputs];
            x.readRow(r, input, 0);
            Matrix alone = Matrix.zeros(1, outputs);
            kernels.project(Matrix.of(input, 1, inputs), weight, bias, alone);
            assertThat(Arrays.copyOfRange(together.data(), r * outputs, (r + 1) * outputs))
                .as("row %d, %s, %d threads", r, weight, threads)
                .isEqualTo(alone.data());
          }
        }
      }
    }
  }
}
