package ai.hartonomous.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.bench.peer.PeerException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DuelTest {
  private final List<String> turns = new ArrayList<>();

  @Test
  void alternatesWhoBegins() throws Exception {
    var entry = entry(new float[] {1, 2}, new float[] {1, 2});

    List<Timings> timings = new Duel(1, Duration.ZERO, 2).run(entry);

    assertThat(turns).containsExactly("ours", "peer", "ours", "peer", "peer", "ours");
    assertThat(timings).hasSize(2).allMatch(t -> t.seconds().length == 2);
  }

  @Test
  void refusesPeerThatComputesSomethingElse() {
    var entry = entry(new float[] {1, 2}, new float[] {1, 2.1f});

    assertThatThrownBy(() -> new Duel(1, Duration.ZERO, 1).run(entry))
        .isInstanceOf(PeerException.class)
        .hasMessageContaining("peer does not agree");
  }

  @Test
  void refusesPeerThatComputesNothing() {
    var entry = entry(new float[] {1, 2}, new float[] {Float.NaN, 2});

    assertThatThrownBy(() -> new Duel(1, Duration.ZERO, 1).run(entry))
        .isInstanceOf(PeerException.class);
  }

  @Test
  void quantilesLieBetweenTurns() {
    var timings = new Timings(new double[] {4, 1, 3, 2});

    assertThat(timings.best()).isEqualTo(1);
    assertThat(timings.median()).isCloseTo(2.5, within(1e-12));
    assertThat(timings.quantile(1)).isEqualTo(4);
  }

  private Contest.Entry entry(float[] ours, float[] theirs) {
    return new Contest.Entry(
        new Recorded("ours", ours, turns),
        List.of(new Rival(new Recorded("peer", theirs, turns), 1, 1e-3)),
        List.of());
  }

  private record Recorded(String name, float[] sample, List<String> turns) implements Contender {
    @Override
    public float[][] samples() {
      return new float[][] {sample};
    }

    @Override
    public void turn() {
      turns.add(name);
    }

    @Override
    public void close() {}
  }
}
