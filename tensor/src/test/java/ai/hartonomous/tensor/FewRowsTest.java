package ai.hartonomous.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    "24, 160, 47",
    "7, 33, 21",
    "3, 1, 5",
    "6, 193, 80"
  })
  void aRowIsTheSameAloneAndAmongOthers(int rows, int inputs, int outputs) {
    Matrix x = Samples.matrix(rows, inputs, rows);
    Matrix floats = Samples.matrix(outputs, inputs, 7);
    float[] bias = Samples.uniform(outputs, 8);
    for (Weight weight : Samples.formats(floats)) {
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

  @ParameterizedTest(name = "{0} rows, {1} inputs, {2} outputs")
  @CsvSource({"1, 32, 16", "1, 288, 49", "4, 193, 33", "9, 64, 100", "24, 7, 31"})
  void bfloatsThatAreExactGiveTheBitsOfFloats(int rows, int inputs, int outputs) {
    Matrix x = Samples.matrix(rows, inputs, rows);
    Bf16Matrix bfloats = Bf16Matrix.round(Samples.matrix(outputs, inputs, 7));
    GroupedMatrix floats = GroupedMatrix.of(bfloats);
    try (Kernels kernels = Kernels.of(2)) {
      Matrix expected = Matrix.zeros(rows, outputs);
      kernels.project(x, floats, null, expected);

      Matrix actual = Matrix.zeros(rows, outputs);
      kernels.project(x, bfloats, null, actual);

      assertThat(actual.data()).isEqualTo(expected.data());
    }
  }

  @ParameterizedTest(name = "{0} rows")
  @ValueSource(ints = {1, 2, 8, 24, 25})
  void severalMapsAtOnceAreThoseOneByOne(int rows) {
    Matrix x = Samples.matrix(rows, 96, rows);
    List<Kernels.Projection> together = new ArrayList<>();
    List<Kernels.Projection> alone = new ArrayList<>();
    int outputs = 700;
    for (Weight weight : Samples.formats(Samples.matrix(outputs, 96, 7))) {
      float[] bias = together.size() % 2 == 0 ? null : Samples.uniform(outputs, 8);
      together.add(new Kernels.Projection(weight, bias, Matrix.zeros(rows, outputs)));
      alone.add(new Kernels.Projection(weight, bias, Matrix.zeros(rows, outputs)));
    }
    try (Kernels kernels = Kernels.of(2)) {
      kernels.projectAll(x, together);
      alone.forEach(map -> kernels.project(x, map.weight(), map.bias(), map.out()));
    }

    for (int i = 0; i < alone.size(); i++) {
      assertThat(together.get(i).out().data())
          .as("" + alone.get(i).weight())
          .isEqualTo(alone.get(i).out().data());
    }
  }
}
