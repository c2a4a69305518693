package ai.hartonomous.distill.importance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.ModelConfig;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ComponentsTest {

  static Stream<Tiny.Named> models() {
    return Tiny.all(1).stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void everyNumberStandsForOneComponent(Tiny.Named named) {
    ModelConfig config = named.model().config();
    var components = new Components(config);

    int next = 0;
    for (int l = 0; l < config.layers().size(); l++) {
      for (int h = 0; h < config.layers().get(l).heads(); h++) {
        assertThat(components.head(l, h)).isEqualTo(next);
        assertThat(components.isHead(next)).isTrue();
        assertThat(components.layer(next)).isEqualTo(l);
        assertThat(components.place(next++)).isEqualTo(h);
      }
      for (int n = 0; n < config.layers().get(l).neurons(); n++) {
        assertThat(components.neuron(l, n)).isEqualTo(next);
        assertThat(components.isHead(next)).isFalse();
        assertThat(components.layer(next)).isEqualTo(l);
        assertThat(components.place(next++)).isEqualTo(n);
      }
    }
    assertThat(components.count()).isEqualTo(next).isEqualTo(config.components());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void flatScoresGoBackToLayers(Tiny.Named named) {
    ModelConfig config = named.model().config();
    var components = new Components(config);
    ComponentScores scores = BaselineImportance.random(config, 7);

    double[] flat = components.flat(scores);
    ComponentScores back = components.scores("random", 0, flat, new double[flat.length]);

    for (int l = 0; l < config.layers().size(); l++) {
      assertThat(back.layers().get(l).heads()).containsExactly(scores.layers().get(l).heads());
      assertThat(back.layers().get(l).neurons()).containsExactly(scores.layers().get(l).neurons());
    }
  }
}
