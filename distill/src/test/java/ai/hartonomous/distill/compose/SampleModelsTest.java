package ai.hartonomous.distill.compose;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.distill.DistillRequest.Stamp;
import ai.hartonomous.distill.ProgressListener;
import ai.hartonomous.distill.Recipe;
import ai.hartonomous.distill.compose.CompositeReport.Routed;
import ai.hartonomous.distill.compose.CompositeRequest.Source;
import ai.hartonomous.distill.pack.Packing;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the documentation promises of an agent of the two sample models, which are a Llama and a
/// GPT-2. Takes minutes.
@Tag("slow")
class SampleModelsTest {
  private static final Path MODELS =
      Path.of(System.getProperty("repository.root"), "samples", "models");

  @TempDir private Path folder;

  private static Path suite(String model, String skill) {
    return MODELS.resolve(model).resolve("suites").resolve(skill + ".jsonl");
  }

  @Test
  void keepOneSkillOfEachBehindTheRouter() throws IOException, InterruptedException {
    var request =
        new CompositeRequest(
            List.of(
                new Source("clerk", MODELS.resolve("clerk")),
                new Source("reckoner", MODELS.resolve("reckoner"))),
            new CompositeRequest.Suites(
                List.of(suite("clerk", "sql"), suite("reckoner", "units")), List.of()),
            1000,
            0.85,
            1,
            new Stamp("test", Instant.EPOCH),
            Packing.USUAL,
            folder.resolve("agent"));

    CompositeOutcome outcome;
    try (Kernels kernels = Kernels.of(1)) {
      outcome =
          new CompositeDistiller(kernels, Recipe.USUAL).distill(request, ProgressListener.NONE);
    }

    assertThat(outcome).isInstanceOf(CompositeOutcome.Made.class);
    assertThat(outcome.report().components()).isLessThanOrEqualTo(1000);
    assertThat(outcome.report().accuracy().orElseThrow().share()).isGreaterThanOrEqualTo(0.98);
    assertThat(outcome.report().routing())
        .extracting(Routed::capability)
        .containsExactly("sql", "units");
    for (Routed routed : outcome.report().routing()) {
      assertThat(routed.ratio()).as(routed.capability()).isGreaterThanOrEqualTo(0.85);
    }
  }
}
