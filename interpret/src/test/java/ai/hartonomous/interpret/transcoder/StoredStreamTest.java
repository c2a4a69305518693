package ai.hartonomous.interpret.transcoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.interpret.transcoder.ActivationStream.Batch;
import ai.hartonomous.tensor.Matrix;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class StoredStreamTest {

  @Test
  void goesThroughEveryRowOnceInAnEpoch() {
    StoredStream stream = stream(7);

    for (int epoch = 0; epoch < 3; epoch++) {
      var seen = new TreeSet<Float>();
      for (int step = 0; step < 5; step++) {
        Batch batch = stream.read(epoch * 5 + step);
        for (int r = 0; r < 2; r++) {
          seen.add(batch.x().getFirst().at(r, 0));
          assertThat(batch.y().getFirst().at(r, 0)).isEqualTo(-batch.x().getFirst().at(r, 0));
        }
      }
      assertThat(seen).hasSize(10);
    }
  }

  @Test
  void givesTheSameBatchWhateverWasReadBefore() {
    StoredStream stream = stream(7);
    float[] inOrder = {};
    for (int step = 0; step <= 13; step++) {
      inOrder = stream.read(step).x().getFirst().data().clone();
    }

    assertThat(stream(7).read(13).x().getFirst().data()).containsExactly(inOrder);
    assertThat(stream(8).read(13).x().getFirst().data()).isNotEqualTo(inOrder);
  }

  @Test
  void keepsTheGivenOrderWithoutSeed() {
    assertThat(stream(0).read(6).x().getFirst().data()).containsExactly(2, 3);
  }

  @Test
  void refusesBatchesLargerThanTheRows() {
    Matrix x = Matrix.zeros(3, 1);
    assertThatThrownBy(
            () ->
                new StoredStream(
                    List.of(HookPair.mlp(0)), new Batch(List.of(x), List.of(x)), 4, 0, "zeros"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("batches of 4");
  }

  /// Ten rows `i` with targets `-i`, in batches of two.
  private static StoredStream stream(long seed) {
    Matrix x = Matrix.zeros(10, 1);
    Matrix y = Matrix.zeros(10, 1);
    for (int i = 0; i < 10; i++) {
      x.data()[i] = i;
      y.data()[i] = -i;
    }
    return new StoredStream(
        List.of(HookPair.mlp(0)), new Batch(List.of(x), List.of(y)), 2, seed, "numbers");
  }
}
