package ai.hartonomous.interpret.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.hartonomous.interpret.capture.Corpus;
import ai.hartonomous.interpret.capture.Corpus.Span;
import ai.hartonomous.interpret.capture.CorpusText;
import ai.hartonomous.interpret.capture.DocumentSource;
import ai.hartonomous.interpret.capture.Packing;
import ai.hartonomous.interpret.evaluate.Evaluation.Baseline;
import ai.hartonomous.interpret.evaluate.Evaluation.Plan;
import ai.hartonomous.interpret.evaluate.Evaluation.Positions;
import ai.hartonomous.interpret.evaluate.EvaluationReport.CoderReport;
import ai.hartonomous.interpret.evaluate.EvaluationReport.Effect;
import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Coders that others trained and measured: five real stories and fifteen that the model wrote,
/// each alone, and the mean over the stories of each one's mean cross-entropy.
@Tag("weights")
class ReferenceFiguresTest {
  private static final List<Span> STORIES = List.of(new Span(0, 5), new Span(1015, 1030));

  @Test
  void agreeWithTheFiguresOfAnIndependentImplementation() throws IOException {
    Path coders = folder("sae-stories260k");
    JsonNode config = new JsonMapper().readTree(Files.readString(coders.resolve("config.json")));
    JsonNode spliced = config.path("spliced");

    EvaluationReport report = run(coders);

    Substitution clean = Objects.requireNonNull(report.clean());
    assertClose("clean", clean, spliced.path("untouched"));
    for (CoderReport coder : report.coders()) {
      Effect effect = Objects.requireNonNull(coder.effect());
      boolean transcoder = coder.coder().writes().site() == Site.MLP_OUTPUT;
      String layer = Integer.toString(coder.coder().writes().layer());
      JsonNode figure =
          transcoder ? spliced.path("transcoder").path(layer) : spliced.path("sae_resid");
      assertClose("coder of layer " + layer, effect.substitution(), figure);
      if (transcoder) {
        Substitution zero = Objects.requireNonNull(effect.zero()).ablated();
        assertClose("zeroed layer " + layer, zero, spliced.path("mlp_zeroed").path(layer));
      }
      int entry = transcoder ? coder.coder().writes().layer() : 5;
      assertReconstruction(coder, config.path("dictionaries").path(entry));
    }
    Effect together = Objects.requireNonNull(report.together());
    assertClose("all", together.substitution(), spliced.path("all_transcoders"));
    assertThat(report.coders()).hasSize(6);
  }

  /// The bar is the rounding of the figures to six digits, and that of float weights.
  private static void assertClose(String what, Substitution found, JsonNode expected) {
    assertThat(found.perSequence().value()).as(what).isCloseTo(expected.asDouble(), within(1e-5));
  }

  /// Theirs were measured on other unseen stories, so they agree as samples do.
  private static void assertReconstruction(CoderReport found, JsonNode expected) {
    assertThat(found.reconstruction().explainedVariance().value())
        .isCloseTo(expected.path("explained_variance").asDouble(), within(0.02));
    assertThat(found.sparsity().l0().value())
        .isCloseTo(expected.path("mean_active_features").asDouble(), within(3.0));
    assertThat(found.sparsity().latents()).isEqualTo(expected.path("n_features").asInt());
  }

  private static EvaluationReport run(Path folder) throws IOException {
    Path texts = folder("corpus-stories260k-samples");
    try (Checkpoint checkpoint = Checkpoints.open(folder("model-stories260k"));
        Kernels kernels = Kernels.of(2)) {
      var tokenizer = checkpoint.tokenizer();
      Corpus corpus =
          Corpus.of(
                  List.of(
                      new DocumentSource.Text(
                          texts.resolve("tinystories_sample.txt"), "<|endoftext|>"),
                      new DocumentSource.Text(texts.resolve("stories.txt"), "<|endoftext|>")),
                  tokenizer)
              .only(STORIES);
      var text = new CorpusText(corpus, Packing.separated(512, tokenizer));
      var plan = new Plan(text, 2048, Positions.ALL, Set.of(Baseline.ZERO));
      var transformer = new Transformer(checkpoint.load(), kernels);
      return new Evaluation(transformer, plan, progress -> {}).run(Coders.read(folder));
    }
  }

  private static Path folder(String name) {
    Path folder =
        Path.of(System.getProperty("repository.root"), "../shared/data", name).normalize();
    assumeTrue(Files.isDirectory(folder), "absent: " + folder);
    return folder;
  }
}
