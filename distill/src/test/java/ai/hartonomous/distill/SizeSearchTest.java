package ai.hartonomous.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.distill.SizeSearch.Data;
import ai.hartonomous.distill.SizeSearch.Found;
import ai.hartonomous.distill.SizeSearch.Limits;
import ai.hartonomous.distill.SizeSearch.Tools;
import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.evaluate.SearchPoint;
import ai.hartonomous.distill.heal.Healer;
import ai.hartonomous.distill.heal.HealingPlan;
import ai.hartonomous.distill.heal.TeacherLogits;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.importance.GreedyChoice;
import ai.hartonomous.distill.prune.EmptyLayers;
import ai.hartonomous.distill.work.WorkFolder;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizeSearchTest {
  private static final HealingPlan FEW = new HealingPlan(4, 8, 3e-3f, 1f, 0.5f, 1);
  private static final Recipe RECIPE =
      new Recipe(List.of(0.9, 0.7, 0.5, 0.3, 0.15), 0.8, 16, 0, FEW, FEW);

  private final Kernels kernels = Kernels.of(1);
  private final Model source = Tiny.llama(3);

  private int works;

  @TempDir private Path folder;

  @AfterEach
  void closeKernels() {
    kernels.close();
  }

  @ParameterizedTest(name = "at most {0}, threshold {1}")
  @CsvSource({
    "5, 0.9",
    "7, 0",
    "9, 0.9",
    "11, 0",
    "14, 0.5",
    "17, 0.9",
    "22, 0",
    "27, 0.9",
    "33, 1",
    "1000, 0.9"
  })
  void neverExceedsTheMostComponents(int most, double threshold)
      throws IOException, InterruptedException {
    Found found = search(most, threshold);

    assertThat(found.best().keep().components()).isBetween(1, most);
    assertThat(found.best().model().config().components())
        .isEqualTo(found.best().keep().components());
    assertThat(found.points()).anyMatch(point -> point.components() <= most);
  }

  @Test
  void aLimitBelowOneOfEachKindInEveryLayerLeavesBlocksEmpty()
      throws IOException, InterruptedException {
    Found found = search(3, 0);

    assertThat(found.best().keep().components()).isBetween(1, 3);
    assertThat(found.best().keep().layers())
        .anyMatch(layer -> layer.heads().length == 0 || layer.neurons().length == 0);
  }

  @Test
  void keepsToTheParametersAndBytesThatWereAskedFor() throws IOException, InterruptedException {
    long all = source.weights().parameterCount();
    for (double share : new double[] {0.45, 0.55, 0.8}) {
      long most = (long) (share * all);

      Found byNumber = search(new Limits(1000, 1, new Targets(most, null, null), new int[1]), 0.9);
      Found byBytes =
          search(new Limits(1000, 1, new Targets(null, 2 * most + 1, null), new int[1]), 0.9);

      for (Found found : List.of(byNumber, byBytes)) {
        Model agent = EmptyLayers.remove(found.best().model(), found.best().keep());
        assertThat(agent.weights().parameterCount()).isBetween(1L, most);
      }
    }
    assertThatThrownBy(
            () -> search(new Limits(1000, 1, new Targets(10L, null, null), new int[1]), 0))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("10 parameters are too few");
  }

  @Test
  void goesOnCuttingUntilAPartIsFastEnough() throws IOException, InterruptedException {
    var slow = new Limits(1000, 1, new Targets(null, null, 1e-3), new int[1]);
    var impossible = new Limits(1000, 1, new Targets(null, null, 1e12), new int[1]);

    Found first = search(slow, 1.0);
    Found last = search(impossible, 1.0);

    assertThat(first.points()).hasSizeLessThan(last.points().size());
    assertThat(last.best().keep().components())
        .isLessThanOrEqualTo(first.best().keep().components());
    assertThat(last.points().stream().mapToInt(SearchPoint::components).min().orElseThrow())
        .isEqualTo(last.best().keep().components());
  }

  private Found search(int most, double threshold) throws IOException, InterruptedException {
    return search(new Limits(most, 1), threshold);
  }

  private Found search(Limits limits, double threshold) throws IOException, InterruptedException {
    List<Example> items = items();
    var teacher = new Transformer(source, kernels);
    List<Example> validation = items.subList(0, 12);
    List<Example> lessons = items.subList(12, 40);
    var request = new WorkFolder.Request(Map.of(), Instant.EPOCH);
    try (WorkFolder work = WorkFolder.open(folder.resolve("work" + works++), request, _ -> {})) {
      var healer = new Healer(kernels, TeacherLogits.of(teacher, lessons), validation);
      var tools = new Tools(kernels, healer, work, new Steps(ProgressListener.NONE));
      var data = new Data(lessons, validation, gauge(threshold));
      return new SizeSearch(tools, RECIPE, data, limits).search(source);
    }
  }

  private static Validation gauge(double threshold) {
    var item = new CapabilityItem("any", "own", "prompt", "answer", Split.CALIBRATION);
    return new Validation(
        (_, _) -> List.of(), Collections.nCopies(12, item), Map.of("own", threshold));
  }

  /// Random prompts with the source's own next token, so that it answers all of them.
  private List<Example> items() {
    var transformer = new Transformer(source, kernels);
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    var random = new SplittableRandom(5);
    List<Example> items = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      int[] prompt = random.ints(4, 1, source.config().extents().vocabulary()).toArray();
      Matrix logits = transformer.forward(Batch.of(prompt), trace, Hooks.NONE);
      items.add(Example.of(prompt, new int[] {GreedyChoice.of(logits, 3)}));
    }
    return items;
  }
}
