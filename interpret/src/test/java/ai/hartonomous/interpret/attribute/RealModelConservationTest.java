package ai.hartonomous.interpret.attribute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.attribute.FrozenModel.Freeze;
import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Conservation on trained models beside the repository, 20 prompts each.
@Tag("weights")
class RealModelConservationTest {

  private static final String CASES =
      """
      model-stories260k, corpus-stories260k-samples/stories.txt, sae-stories260k
      model-stories260k, corpus-stories260k-samples/stories.txt, random-weight skip
      model-gpt2-shakespeare, corpus-tinyshakespeare/tinyshakespeare.txt, random-weight skip
      model-neox-sherlock, corpus-sherlock/sherlock.txt, random-weight skip
      """;

  private interface Check {
    void on(FrozenModel frozen, AttributionGraph graph);
  }

  private static void onTwentyPrompts(String folder, String text, String kind, Check check)
      throws IOException, InterruptedException {
    RealPrompts real = RealPrompts.of(folder, text, 20, 8);
    List<SparseCoder> coders = coders(kind, real);
    try (Kernels kernels = Kernels.of(1)) {
      var transformer = new Transformer(real.model(), kernels);
      for (int[] ids : real.prompts()) {
        FrozenModel frozen = FrozenModel.of(transformer, coders, ids, Freeze.DEFAULT);
        List<OutputTarget> targets = OutputTarget.likeliest(frozen, 0.95, 10);
        check.on(
            frozen, GraphTracer.trace(frozen, targets, TraceSettings.DEFAULT, (done, all) -> {}));
      }
    }
  }

  private static List<SparseCoder> coders(String kind, RealPrompts real) throws IOException {
    return kind.startsWith("sae-")
        ? Coders.read(RealPrompts.path(kind)).stream().filter(FrozenModel::isTranscoder).toList()
        : RandomCoders.of(real.model().config(), 64, 8, RandomCoders.Skip.WITH_SKIP, 1);
  }

  /// Doubles one source of every prompt, another one each time, against every node it can reach.
  @ParameterizedTest(name = "{0}, {2} coders")
  @CsvSource(textBlock = CASES)
  void edgesOfTwentyPromptsAddUpAndDoublingASourceAddsItsEdges(
      String folder, String text, String kind) throws IOException, InterruptedException {
    var random = new SplittableRandom(1);
    onTwentyPrompts(
        folder,
        text,
        kind,
        (frozen, graph) -> {
          int source = random.nextInt(graph.sources());
          double[] factors = new double[graph.sources()];
          Arrays.fill(factors, 1);
          var forward = new FrozenForward(frozen);
          NodeValues before = forward.run(factors);
          factors[source] = 2;
          NodeValues after = forward.run(factors);

          assertThat(graph.visitedFeatures()).isEqualTo(graph.features()).isGreaterThan(50);
          for (EdgeRow row : graph.rows()) {
            String id = graph.nodes().get(row.target()).id();
            assertThat(row.relativeGap()).as(id).isLessThan(Conservation.BAR);
            int place = Arrays.binarySearch(row.sources(), source);
            double edge = place < 0 ? 0 : row.weights()[place];
            double change =
                after.reading(graph, row.target()) - before.reading(graph, row.target());
            assertThat(change)
                .as(id)
                .isCloseTo(edge, within(1e-3 * Math.abs(change) + 1e-6 * row.absoluteSum()));
          }
        });
  }
}
