package ai.hartonomous.distill.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.distill.DistillRequest.Stamp;
import ai.hartonomous.distill.InvalidRequestException;
import ai.hartonomous.distill.ProgressListener;
import ai.hartonomous.distill.Recipe;
import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.capability.Metric;
import ai.hartonomous.distill.capability.Task;
import ai.hartonomous.distill.compose.CompositeReport.Routed;
import ai.hartonomous.distill.compose.CompositeRequest.Source;
import ai.hartonomous.distill.heal.HealingPlan;
import ai.hartonomous.distill.pack.PackageVerifier.Settings;
import ai.hartonomous.distill.pack.Packing;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Several sources with items of several kinds.
class MixedKindsTest {
  private static final HealingPlan PLAN = new HealingPlan(40, 16, 4e-3f, 1f, 0.5f, 2);
  private static final Recipe QUICK = new Recipe(List.of(0.5, 0.25), 0.8, 16, 24, PLAN, PLAN);
  private static final Kernels KERNELS = Kernels.of(1);
  @TempDir private static Path sources;

  @TempDir private Path folder;

  @BeforeAll
  static void write() throws IOException {
    OneSkill.LETTERS.write(sources, KERNELS);
    OneSkill.ANIMALS.write(sources, KERNELS);
  }

  @AfterAll
  static void closeKernels() {
    KERNELS.close();
  }

  private static CompositeOutcome distill(CompositeRequest request)
      throws IOException, InterruptedException {
    return new CompositeDistiller(KERNELS, QUICK).distill(request, ProgressListener.NONE);
  }

  private CompositeRequest request(CompositeRequest.Suites suites) {
    return new CompositeRequest(
        List.of(
            new Source("letters", sources.resolve("letters")),
            new Source("animals", sources.resolve("animals"))),
        suites,
        200,
        0.99,
        7,
        new Stamp("test", Instant.parse("2026-01-02T03:04:05Z")),
        Packing.NONE,
        folder.resolve("agent"));
  }

  @Test
  void choicesAreCarriedTooAndEachSuiteHasItsFloor() throws IOException, InterruptedException {
    Path choices = folder.resolve("choices.jsonl");
    choices().write(choices);
    var suites =
        new CompositeRequest.Suites(
            List.of(OneSkill.LETTERS.suite(sources), choices),
            List.of(),
            Map.of(choices, 0.3, OneSkill.LETTERS.suite(sources), 0.8));
    CompositeOutcome mixed = distill(request(suites));

    assertThat(mixed).isInstanceOf(CompositeOutcome.Made.class);
    assertThat(mixed.report().experts().getLast().report().retention().getFirst())
        .satisfies(
            kept -> {
              assertThat(kept.floor()).isEqualTo(0.3);
              assertThat(kept.source().metric()).isEqualTo(Metric.ACC);
            });
    Routed routed = mixed.report().routing().getLast();
    assertThat(routed.source().share()).isGreaterThan(0.9);
    assertThat(routed.ratio()).isGreaterThanOrEqualTo(0.3);
    var settings = new Settings(2, 1, Settings.USUAL_TOLERANCE, Optional.empty());
    assertThat(
            new CompositeVerifier(KERNELS, settings, _ -> {})
                .verify(folder.resolve("agent"))
                .checks())
        .allSatisfy(check -> assertThat(check.differences()).isEmpty());
  }

  /// Which animal stands first, as choices.
  private static CapabilitySuite choices() throws IOException {
    List<CapabilityItem> items = new ArrayList<>();
    for (CapabilityItem item : CapabilitySuite.read(OneSkill.ANIMALS.suite(sources)).items()) {
      String wrong = item.answer().equals("owl") ? " hen" : " owl";
      var task = new Task.Choice(item.prompt(), List.of(wrong, " " + item.answer()), 1, Metric.ACC);
      items.add(new CapabilityItem("choice-" + item.id(), "choices", task, item.split()));
    }
    return new CapabilitySuite(items);
  }

  @Test
  void refusesWhatCannotBeCountedBehindARouter() throws IOException {
    Path texts = folder.resolve("texts.jsonl");

    assertThatThrownBy(
            () -> distill(request(new CompositeRequest.Suites(List.of(many(texts)), List.of()))))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("which counts no right answers");
  }

  private static Path many(Path file) throws IOException {
    var lines = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      String split = i % 2 == 0 ? "calibration" : "held_out";
      lines.append("{\"id\": \"t%d\", \"capability\": \"texts\", ".formatted(i));
      lines.append("\"split\": \"%s\", \"text\": \"animals dog cat\"}\n".formatted(split));
    }
    Files.writeString(file, lines.toString());
    return file;
  }
}
