package ai.hartonomous.interpret.attribute;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.interpret.attribute.FrozenModel.Freeze;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Conservation on trained models beside the repository, 20 prompts each.
@Tag("weights")
class RealModelConservationTest {

  @ParameterizedTest(name = "{0}, {2} coders")
  @CsvSource({
    "model-stories260k, corpus-stories260k-samples/stories.txt, random-weight",
    "model-gpt2-shakespeare, corpus-tinyshakespeare/tinyshakespeare.txt, random-weight",
    "model-neox-sherlock, corpus-sherlock/sherlock.txt, random-weight",
  })
  void edgesOfEveryNodeOfTwentyPromptsAddUpToItsValue(String folder, String text, String coders)
      throws IOException, InterruptedException {
    RealPrompts real = RealPrompts.of(folder, text, 20, 12);
    try (Kernels kernels = Kernels.of(1)) {
      var transformer = new Transformer(real.model(), kernels);
      for (int[] ids : real.prompts()) {
        FrozenModel frozen = FrozenModel.of(transformer, coders(real), ids, Freeze.DEFAULT);
        List<OutputTarget> targets = OutputTarget.likeliest(frozen, 0.95, 10);

        AttributionGraph graph =
            GraphTracer.trace(frozen, targets, TraceSettings.DEFAULT, (done, total) -> {});

        assertThat(graph.visitedFeatures()).isEqualTo(graph.features()).isGreaterThan(100);
        for (EdgeRow row : graph.rows()) {
          String id = graph.nodes().get(row.target()).id();
          assertThat(row.relativeGap()).as(id).isLessThan(1e-4);
        }
      }
    }
  }

  private static List<SparseCoder> coders(RealPrompts real) {
    return RandomCoders.of(real.model().config(), 96, 8, RandomCoders.Skip.WITH_SKIP, 1);
  }
}
