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
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The table in docs/selection.md: three skills of both sample models, cut to a quarter in five
/// ways and healed alike. Prints a row for each way; takes some four minutes for each skill.
@Tag("slow")
class SelectionTableTest {
  private static final double QUARTER = 0.25;
  private static final List<Long> SEEDS = List.of(1L, 2L, 3L);
  private static final List<String> RANKINGS =
      List.of("random", "magnitude", "activation", "taylor");

  @ParameterizedTest
  @CsvSource({
    "clerk, sql", "clerk, json", "clerk, dates",
    "reckoner, arithmetic", "reckoner, units", "reckoner, sorting"
  })
  void searchKeepsTheSkillAndBeatsTheRankings(String name, String skill)
      throws IOException, InterruptedException {
    Path folder = Path.of(System.getProperty("repository.root"), "samples/models", name);
    try (Kernels kernels = Kernels.of(1);
        Checkpoint checkpoint = Checkpoints.open(folder)) {
      CapabilitySuite suite = CapabilitySuite.read(folder.resolve("suites/" + skill + ".jsonl"));
      var subject = new Subject(checkpoint.load(), checkpoint.tokenizer(), suite, kernels);

      Row search = row(skill, subject, "search");

      assertThat(search.healed()).isGreaterThan(0.9 * search.source());
      for (String ranking : RANKINGS) {
        Row other = row(skill, subject, ranking);
        assertThat(other.cut()).as(ranking).isLessThan(search.cut());
        assertThat(other.healed()).as(ranking).isLessThan(search.healed());
      }
    }
  }

  /// What is cut, and what it is measured with.
  private record Subject(
      Model model, Tokenizer tokenizer, CapabilitySuite suite, Kernels kernels) {}

  /// Means over seeds of the exact match of held-out items.
  private record Row(double source, double cut, double healed) {}

  private static Row row(String skill, Subject subject, String contender)
      throws InterruptedException {
    Recipe recipe = Recipe.USUAL;
    var comparison =
        new Comparison(recipe.step(), List.of(recipe.step().steps()), recipe.prompts());
    int context = subject.model().config().extents().positions();
    List<Cell> cells = new ArrayList<>();
    for (long seed : SEEDS) {
      Task task = SuiteTasks.of(subject.suite(), subject.tokenizer(), context, seed);
      var stage = new Stage(subject.model(), subject.kernels(), task, seed);
      Contender way = Contender.parse(contender).orElseThrow();
      cells.add(comparison.measure(stage, way, QUARTER, _ -> {}).orElseThrow());
    }
    double[] cut = cells.stream().mapToDouble(cell -> cell.cut().exact()).toArray();
    double[] healed =
        cells.stream().mapToDouble(c -> c.healed().getFirst().figures().exact()).toArray();
    System.out.printf(
        Locale.ROOT,
        "%-10s %-10s before healing %.3f ± %.3f, after %.3f ± %.3f%n",
        skill,
        contender,
        mean(cut),
        error(cut),
        mean(healed),
        error(healed));
    return new Row(cells.getFirst().source().exact(), mean(cut), mean(healed));
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  /// {@return standard error of the mean}
  private static double error(double[] values) {
    double mean = mean(values);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (values.length - 1) / values.length);
  }
}
