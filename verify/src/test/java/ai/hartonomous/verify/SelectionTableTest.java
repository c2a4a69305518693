package ai.hartonomous.verify;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.distill.Recipe;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.compare.Cell;
import ai.hartonomous.distill.compare.Comparison;
import ai.hartonomous.distill.compare.Contender;
import ai.hartonomous.distill.compare.Stage;
import ai.hartonomous.distill.compare.SuiteTasks;
import ai.hartonomous.distill.compare.Task;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// One cell of the table in docs/selection.md, which has the command for all of them.
@Tag("slow")
class SelectionTableTest {
  private static final double QUARTER = 0.25;
  private static final int SHORT_HEALING = 40;

  /// Sorting with a quarter of the components.
  @Test
  void searchKeepsTheSkillAndBeatsTheRankings() throws IOException, InterruptedException {
    Path folder = Path.of(System.getProperty("repository.root"), "samples/models/reckoner");
    try (Kernels kernels = Kernels.of(1);
        Checkpoint checkpoint = Checkpoints.open(folder)) {
      Model model = checkpoint.load();
      CapabilitySuite suite = CapabilitySuite.read(folder.resolve("suites/sorting.jsonl"));
      int context = model.config().extents().positions();
      Task task = SuiteTasks.of(suite, checkpoint.tokenizer(), context, 1);
      var stage = new Stage(model, kernels, task, 1);
      var comparison =
          new Comparison(Recipe.USUAL.step(), List.of(SHORT_HEALING), Recipe.USUAL.prompts());

      Cell search = cell(comparison, stage, "search");

      double source = search.source().exact();
      assertThat(search.cut().exact()).isGreaterThan(0.9 * source);
      assertThat(search.healed().getFirst().figures().exact()).isGreaterThan(0.9 * source);
      for (String ranking : List.of("random", "magnitude", "activation", "taylor")) {
        Cell other = cell(comparison, stage, ranking);
        assertThat(other.cut().exact()).as(ranking).isLessThan(search.cut().exact());
        assertThat(other.healed().getFirst().figures().exact())
            .as(ranking)
            .isLessThan(search.healed().getFirst().figures().exact());
      }
    }
  }

  private static Cell cell(Comparison comparison, Stage stage, String contender)
      throws InterruptedException {
    return comparison
        .measure(stage, Contender.parse(contender).orElseThrow(), QUARTER, _ -> {})
        .orElseThrow();
  }
}
