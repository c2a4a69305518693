package ai.hartonomous.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.distill.DistillRequest.Stamp;
import ai.hartonomous.distill.DistillRequest.Suites;
import ai.hartonomous.distill.DistillRequest.Target;
import ai.hartonomous.distill.capability.Metric;
import ai.hartonomous.distill.evaluate.Retention;
import ai.hartonomous.distill.evaluate.Retention.Kind;
import ai.hartonomous.distill.evaluate.Verdict;
import ai.hartonomous.distill.heal.HealingPlan;
import ai.hartonomous.distill.pack.Packing;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a request asks to be kept, suite by suite.
class ContractTest {
  private static final HealingPlan NONE = new HealingPlan(1, 1, 1e-9f, 1f, 0f, 1);
  private static final Recipe UNHEALED = new Recipe(List.of(0.2), 0.8, 16, 0, NONE, NONE);

  private static final Kernels KERNELS = Kernels.of(1);
  @TempDir private static Path sources;
  private static Path source;

  @TempDir private Path folder;

  @BeforeAll
  static void trainSource() throws IOException {
    source = new SmallSource(KERNELS).write(sources);
  }

  @AfterAll
  static void closeKernels() {
    KERNELS.close();
  }

  private static Target target(String name, double floor) {
    return new Target(sources.resolve(name + ".jsonl"), floor);
  }

  private Outcome distil(List<Target> targets) throws IOException, InterruptedException {
    var request =
        new DistillRequest(
            source,
            new Suites(targets, List.of()),
            100,
            1,
            7,
            new Stamp("test", Instant.parse("2026-01-02T03:04:05Z")),
            Packing.NONE,
            folder.resolve("agent"));
    return new Distiller(KERNELS, UNHEALED).distill(request, ProgressListener.NONE);
  }

  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void everySuiteHasItsOwnFloor() throws IOException, InterruptedException {
    Outcome outcome = distil(List.of(target("first", 0.99), target("last", 0)));

    assertThat(outcome).isInstanceOf(Outcome.ThresholdNotMet.class);
    Verdict verdict = Verdict.of(outcome.report());
    assertThat(verdict.missed()).extracting(Retention::capability).containsExactly("first");
    Retention first = verdict.missed().getFirst();
    assertThat(first.floor()).isEqualTo(0.99);
    assertThat(outcome.report().retention()).extracting(Retention::kind).containsOnly(Kind.TARGET);
    assertThat(((Outcome.ThresholdNotMet) outcome).reason())
        .startsWith("threshold_not_met: the best agent, with ")
        .contains(
            "exact_match",
            "%.4f ± %.4f on %d held-out items of first"
                .formatted(
                    first.agent().value(), first.agent().standardError(), first.agent().items()),
            "a floor of 0.99 needed at least %.4f".formatted(0.99 * first.source().value()));
    assertThat(left()).isEmpty();
  }

  @Test
  void choicesPairsAndTextsCanBeAskedFor() throws IOException, InterruptedException {
    Outcome outcome = distil(List.of(target("measured", 0)));

    assertThat(outcome).isInstanceOf(Outcome.Made.class);
    List<Retention> kept = outcome.report().retention();
    assertThat(kept)
        .extracting(one -> one.source().metric())
        .containsExactly(Metric.ACC, Metric.LOGPROB_DIFFERENCE, Metric.BITS_PER_BYTE);
    assertThat(kept.getFirst().source().value()).isGreaterThan(0.9);
    assertThat(kept.get(1).source().value()).isPositive();
    for (Retention one : kept) {
      assertThat(one.ratio()).isLessThan(1.01);
      assertThat(one.source().items()).isEqualTo(20);
    }
  }

  @Test
  void aFloorHoldsForEveryMetric() throws IOException, InterruptedException {
    Outcome outcome = distil(List.of(target("measured", 1)));

    assertThat(outcome).isInstanceOf(Outcome.ThresholdNotMet.class);
    assertThat(Verdict.of(outcome.report()).missed())
        .extracting(Retention::capability)
        .contains("contrast", "text");
    assertThat(left()).isEmpty();
  }

  @Test
  void measuresLatencyAtAStatedLength() throws IOException, InterruptedException {
    Outcome outcome = distil(List.of(target("first", 0)));

    assertThat(outcome.report().source().speed().promptTokens()).isEqualTo(8);
    assertThat(outcome.report().source().speed().promptMillis()).isPositive();
    assertThat(outcome.report().agent().speed().promptMillis()).isPositive();
  }

  @Test
  void refusesContractsThatCannotBe() {
    assertThatThrownBy(() -> target("first", 1.1)).hasMessageContaining("floor 1.1");
    assertThatThrownBy(() -> new Suites(List.of(), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> distil(List.of(target("first", 0.5), target("first", 0.6))))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("\"first\" is in two of the suites");
  }
}
