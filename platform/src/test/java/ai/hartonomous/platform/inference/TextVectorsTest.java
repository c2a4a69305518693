package ai.hartonomous.platform.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.deployment.ProbeFolder;
import ai.hartonomous.platform.web.ProblemException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class TextVectorsTest {

  @Test
  void onePayerLeavesPlacesToOthers() {
    var turns = new Turns();
    var metrics = new ServingMetrics(new SimpleMeterRegistry());
    var spaces = new ProbeSpaces(Settings.fromEnvironment(), turns, new ProbeFolder(null), metrics);
    var vectors = new TextVectors(new RemoteAnswers(), turns, spaces);
    int taken = 0;
    while (taken < TextVectors.MOST_EACH) {
      vectors.take("ann");
      taken++;
    }

    assertThatThrownBy(() -> vectors.take("ann"))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().status()).isEqualTo(429));
    vectors.take("bob");
    vectors.giveBack("ann");
    vectors.take("ann");
    turns.stop();
  }
}
