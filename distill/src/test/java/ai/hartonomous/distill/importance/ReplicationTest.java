package ai.hartonomous.distill.importance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplicationTest {
  private static final long SEED = Long.getLong("test.seed", 37);

  private final Kernels kernels = Kernels.of(1);

  @AfterEach
  void closeKernels() {
    kernels.close();
  }

  @Test
  void aRankingByManyItemsReplicates() throws InterruptedException {
    Replication replication = Replication.measure(Method.GRADIENT, subject(1500), 0.5);

    assertThat(replication.items()).isEqualTo(750);
    assertThat(replication.replicates()).isTrue();
    assertThat(replication.sentence()).contains("gradient replicates", "750 items");
  }

  @Test
  void aRankingByLuckSaysThatItDoesNotReplicate() throws InterruptedException {
    Replication replication = Replication.measure(new Luck(), subject(20), 0.25);

    assertThat(replication.replicates()).isFalse();
    assertThat(replication.heads().chance()).isBetween(0.1, 0.3);
    assertThat(replication.sentence()).contains("luck does not replicate");
  }

  @Test
  void aRankingWithoutDataHasNothingToReplicate() throws InterruptedException {
    Replication replication = Replication.measure(Method.MAGNITUDE, subject(4), 0.25);

    assertThat(replication.replicates()).isTrue();
    assertThat(replication.sentence()).isEqualTo("magnitude uses no data");
  }

  private Subject subject(int items) throws InterruptedException {
    Model model = Tiny.qwen2(SEED);
    var transformer = new Transformer(model, kernels);
    List<Example> examples = TinyItems.of(model, items, SEED);
    return new Subject(
        transformer, examples, ComponentMeans.measure(transformer, examples.subList(0, 4)), SEED);
  }

  /// Scores that depend on nothing but which item comes first.
  private static final class Luck implements Importance {

    @Override
    public String label() {
      return "luck";
    }

    @Override
    public boolean usesData() {
      return true;
    }

    @Override
    public ComponentScores measure(Subject subject) {
      long seed = Arrays.hashCode(subject.examples().getFirst().ids());
      return BaselineImportance.random(subject.transformer().config(), seed);
    }
  }
}
