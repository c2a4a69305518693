package ai.hartonomous.distill.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.distill.DistillRequest.Stamp;
import ai.hartonomous.distill.Distiller;
import ai.hartonomous.distill.FolderContent;
import ai.hartonomous.distill.InvalidRequestException;
import ai.hartonomous.distill.ProgressListener;
import ai.hartonomous.distill.ProgressListener.Progress;
import ai.hartonomous.distill.ProgressListener.Stage;
import ai.hartonomous.distill.Recipe;
import ai.hartonomous.distill.compose.CompositeReport.Bid;
import ai.hartonomous.distill.compose.CompositeReport.Carried;
import ai.hartonomous.distill.compose.CompositeReport.Routed;
import ai.hartonomous.distill.compose.CompositeRequest.Source;
import ai.hartonomous.distill.heal.HealingPlan;
import ai.hartonomous.distill.pack.PackageVerifier.Settings;
import ai.hartonomous.distill.pack.Packing;
import ai.hartonomous.distill.pack.Verification;
import ai.hartonomous.distill.pack.Verification.Check;
import ai.hartonomous.distill.work.WorkFolderException;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CompositeDistillerTest {
  private static final Recipe QUICK =
      new Recipe(
          List.of(0.5, 0.25),
          0.8,
          16,
          24,
          new HealingPlan(40, 16, 4e-3f, 1f, 0.5f, 2),
          new HealingPlan(40, 16, 3e-3f, 1f, 0.5f, 2));

  private static final Kernels KERNELS = Kernels.of(1);
  private static final List<Progress> HEARD = new ArrayList<>();
  @TempDir private static Path sources;
  @TempDir private static Path made;
  private static CompositeOutcome outcome;

  @TempDir private Path folder;

  @BeforeAll
  static void make() throws IOException, InterruptedException {
    OneSkill.LETTERS.write(sources, KERNELS);
    OneSkill.ANIMALS.write(sources, KERNELS);
    outcome = distill(request(200, 0.85, made.resolve("agent")), HEARD::add);
  }

  @AfterAll
  static void closeKernels() {
    KERNELS.close();
  }

  private static CompositeOutcome distill(CompositeRequest request, ProgressListener listener)
      throws IOException, InterruptedException {
    return new CompositeDistiller(KERNELS, QUICK).distill(request, listener);
  }

  private static CompositeRequest request(int maxComponents, double threshold, Path out) {
    return request(
        List.of(OneSkill.LETTERS.suite(sources), OneSkill.ANIMALS.suite(sources)),
        maxComponents,
        threshold,
        out);
  }

  private static CompositeRequest request(
      List<Path> suites, int maxComponents, double threshold, Path out) {
    return new CompositeRequest(
        List.of(
            new Source("Greek Letters", sources.resolve("letters")),
            new Source("animals", sources.resolve("animals"))),
        new CompositeRequest.Suites(suites, List.of()),
        maxComponents,
        threshold,
        7,
        new Stamp("test", Instant.parse("2026-01-02T03:04:05Z")),
        Packing.USUAL,
        out);
  }

  @Test
  void everyCapabilityIsCarriedByTheSourceThatHasIt() {
    assertThat(outcome).isInstanceOf(CompositeOutcome.Made.class);
    assertThat(outcome.report().capabilities())
        .extracting(Carried::capability, Carried::source)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("letters", "Greek Letters"),
            org.assertj.core.groups.Tuple.tuple("animals", "animals"));
    Bid foreign = outcome.report().capabilities().getFirst().bids().getLast();
    assertThat(foreign.right()).isNull();
    assertThat(foreign.refusal()).contains("cannot express item \"letters-");
  }

  @Test
  void keepsBothSkillsBehindTheRouterWithinTheSharedBudget() {
    CompositeReport report = outcome.report();

    assertThat(report.components()).isLessThanOrEqualTo(200);
    assertThat(report.experts()).hasSize(2);
    assertThat(report.experts().getFirst().limit()).isEqualTo(100);
    assertThat(report.experts().getLast().limit())
        .isEqualTo(200 - report.experts().getFirst().report().agent().components());
    assertThat(report.accuracy().orElseThrow().share()).isGreaterThanOrEqualTo(0.98);
    for (Routed routed : report.routing()) {
      assertThat(routed.source().share()).as(routed.capability()).isGreaterThan(0.9);
      assertThat(routed.ratio()).as(routed.capability()).isGreaterThanOrEqualTo(0.85);
    }
  }

  @Test
  void tellsEveryStageAndNeverGoesBack() {
    assertThat(HEARD).isSortedAccordingTo((a, b) -> Double.compare(a.fraction(), b.fraction()));
    assertThat(HEARD.getLast().fraction()).isEqualTo(1);
    assertThat(HEARD).extracting(Progress::stage).contains(Stage.values());
    assertThat(HEARD).extracting(Progress::message).anyMatch(m -> m.startsWith("2-animals: "));
  }

  @Test
  void manifestNamesExpertsAndHashesEveryFile() throws IOException {
    Path agent = made.resolve("agent");

    JsonNode manifest = new JsonMapper().readTree(Files.readString(agent.resolve("manifest.json")));

    assertThat(manifest.get("kind").stringValue()).isEqualTo("composite");
    assertThat(manifest.at("/licences/animals").stringValue()).isEqualTo("mit");
    assertThat(manifest.at("/experts/0/expert").stringValue()).isEqualTo("1-greek-letters");
    assertThat(manifest.at("/budget/used").intValue()).isEqualTo(outcome.report().components());
    Map<String, String> hashes = FolderContent.hashes(agent);
    assertThat(manifest.at("/experts/1/manifest_sha256").stringValue())
        .isEqualTo(hashes.get("experts/2-animals/manifest.json"));
    hashes.remove("manifest.json");
    hashes.remove("manifest.sha256");
    JsonNode files = manifest.get("files");
    assertThat(files.size()).isEqualTo(hashes.size());
    hashes.forEach((name, hash) -> assertThat(files.get(name).stringValue()).isEqualTo(hash));
    assertThat(Files.readString(agent.resolve("README.md")))
        .contains("license: mit", "- animals", "| letters | 1-greek-letters |");
  }

  @Test
  void theFolderOpensAsExpertsBehindARouter() throws IOException {
    Path agent = made.resolve("agent");

    CompositeAgent opened = CompositeAgent.open(agent);

    assertThat(CompositeAgent.isIn(agent)).isTrue();
    assertThat(opened.router().choose("animals dog cat =>").expert()).isEqualTo(1);
    assertThat(opened.experts().get(1)).isDirectoryContaining("glob:**/model.safetensors");
    assertThat(CompositeAgent.isIn(opened.experts().get(1))).isFalse();
  }

  @Test
  void theFolderVerifiesAndAFlippedByteAnywhereIsDetected()
      throws IOException, InterruptedException {
    Path agent = made.resolve("agent");

    assertThat(verify(agent).checks())
        .allSatisfy(check -> assertThat(check.differences()).isEmpty())
        .extracting(Check::name)
        .contains(
            "manifest", "files", "routing", "1-greek-letters: figures", "2-animals: evidence");
    for (String name : FolderContent.hashes(agent).keySet()) {
      Path file = agent.resolve(name);
      byte[] good = Files.readAllBytes(file);
      byte[] bad = good.clone();
      bad[bad.length / 2] ^= 1;
      Files.write(file, bad);
      assertThat(verify(agent).holds()).as(name).isFalse();
      Files.write(file, good);
    }
  }

  private static Verification verify(Path agent) throws IOException, InterruptedException {
    var settings = new Settings(2, 1, Settings.USUAL_TOLERANCE, Optional.empty());
    return new CompositeVerifier(KERNELS, settings, _ -> {}).verify(agent);
  }

  @Test
  void sourcesWhoseLicencesExcludeEachOtherAreRefused() throws IOException {
    Path card = sources.resolve("animals").resolve("README.md");
    String mit = Files.readString(card);
    Files.writeString(card, "---\nlicense: cc-by-nd-4.0\n---\n");
    try {
      assertRefused(request(200, 0.85, folder.resolve("agent")), "allows no derived works");
    } finally {
      Files.writeString(card, mit);
    }
    assertThat(FolderContent.names(folder)).isEmpty();
  }

  @Test
  void whatOneSourceCarriesAloneIsAnOrdinaryAgent() throws IOException, InterruptedException {
    List<Path> suites = List.of(OneSkill.ANIMALS.suite(sources));

    CompositeOutcome alone =
        distill(request(suites, 200, 0.5, folder.resolve("agent")), ProgressListener.NONE);

    assertThat(alone).isInstanceOf(CompositeOutcome.Made.class);
    assertThat(CompositeAgent.isIn(folder.resolve("agent"))).isFalse();
    assertThat(folder.resolve("agent")).isDirectoryContaining("glob:**/model.safetensors");
    assertThat(alone.report().accuracy()).isEmpty();
    assertThat(alone.report().experts().getFirst().limit()).isEqualTo(200);
    assertThat(FolderContent.names(folder)).containsExactly("agent");
  }

  @Test
  void anUnreachableThresholdLeavesFiguresAndNothingElse()
      throws IOException, InterruptedException {
    // One step at a rate of almost nothing heals nothing, so hardly anything is kept.
    var plan = new HealingPlan(1, 1, 1e-9f, 1f, 0f, 1);
    var recipe = new Recipe(List.of(0.1), 0.8, 16, 0, plan, plan);

    CompositeOutcome missed =
        new CompositeDistiller(KERNELS, recipe)
            .distill(request(200, 1, folder.resolve("agent")), ProgressListener.NONE);

    assertThat(missed)
        .isInstanceOfSatisfying(
            CompositeOutcome.ThresholdNotMet.class,
            it -> assertThat(it.reason()).startsWith("threshold_not_met: of Greek Letters: "));
    assertThat(missed.report().experts()).hasSize(1);
    assertThat(missed.report().experts().getFirst().report().retention()).isNotEmpty();
    assertThat(missed.report().toJson()).contains("\"carried_by\":\"animals\"");
    assertThat(FolderContent.names(folder)).isEmpty();
  }

  @Test
  void aBudgetForFewerExpertsThanNeededIsNotMet() throws IOException, InterruptedException {
    CompositeOutcome missed =
        distill(request(199, 0, folder.resolve("agent")), ProgressListener.NONE);

    assertThat(missed)
        .isInstanceOfSatisfying(
            CompositeOutcome.ThresholdNotMet.class,
            it -> assertThat(it.reason()).contains("need 2 sources", "at least 200 components"));
    assertThat(missed.report().capabilities()).hasSize(2);
    assertThat(FolderContent.names(folder)).isEmpty();
  }

  @Test
  void aCapabilityThatNoSourceCanBeAskedForIsNotMet() throws IOException, InterruptedException {
    Path foreign = folder.resolve("foreign.jsonl");
    String text = Files.readString(OneSkill.ANIMALS.suite(sources));
    Files.writeString(foreign, text.replace("dog", "unheard"));

    CompositeOutcome missed =
        distill(request(List.of(foreign), 500, 0.5, folder.resolve("a")), ProgressListener.NONE);

    assertThat(missed)
        .isInstanceOfSatisfying(
            CompositeOutcome.ThresholdNotMet.class,
            it -> assertThat(it.reason()).contains("no source can be asked for animals"));
    assertThat(FolderContent.names(folder)).containsExactly("foreign.jsonl");
  }

  @Test
  void goesOnWhereItWasBrokenOffToTheSameBytes() throws IOException, InterruptedException {
    CompositeRequest request = request(200, 0.85, folder.resolve("agent"));
    breakOff(request, message -> message.startsWith("1-greek-letters: healing"));
    assertThat(FolderContent.names(folder)).containsExactly("agent.work");
    breakOff(request, message -> message.startsWith("2-animals: healing"));
    List<String> heard = new ArrayList<>();

    distill(request, progress -> heard.add(progress.message()));

    assertThat(heard).noneMatch(message -> message.startsWith("1-greek-letters: "));
    assertThat(heard).anyMatch(message -> message.startsWith("2-animals: "));
    assertThat(FolderContent.hashes(folder.resolve("agent")))
        .isEqualTo(FolderContent.hashes(made.resolve("agent")));
    assertThat(FolderContent.names(folder)).containsExactly("agent");
  }

  private static void breakOff(CompositeRequest request, Predicate<String> when) {
    assertThatThrownBy(
            () ->
                distill(
                    request,
                    progress -> {
                      if (when.test(progress.message())) {
                        Thread.currentThread().interrupt();
                      }
                    }))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void anotherRequestDoesNotTakeOverWhatWasLeft() throws IOException, InterruptedException {
    Path out = folder.resolve("agent");
    breakOff(request(200, 0.85, out), message -> message.startsWith("1-greek-letters: healing"));

    assertThatThrownBy(() -> distill(request(300, 0.85, out), ProgressListener.NONE))
        .isInstanceOfSatisfying(
            WorkFolderException.class, e -> assertThat(e.place()).isEqualTo("max_components"));

    CompositeDistiller.discard(Distiller.workFolder(out));
    assertThat(FolderContent.names(folder)).isEmpty();
  }

  @Test
  void refusesWhatCannotWork() throws IOException {
    Path taken = Files.createDirectory(folder.resolve("taken"));
    Path out = folder.resolve("agent");
    Path suite = OneSkill.ANIMALS.suite(sources);
    Path short4 = folder.resolve("short.jsonl");
    Files.write(short4, Files.readAllLines(suite).subList(0, 4));

    assertRefused(request(List.of(suite), 200, 0.5, taken), "exists already");
    assertRefused(request(List.of(suite, suite), 200, 0.5, out), "stands in two suites");
    assertRefused(request(List.of(short4), 200, 0.5, out), "at least 5 and 1 are needed");
    assertRefused(request(List.of(folder.resolve("no")), 200, 0.5, out), "no suite file");
    assertThat(FolderContent.names(folder)).containsExactlyInAnyOrder("taken", "short.jsonl");
  }

  @Test
  void refusesNumbersOutOfRange() {
    Path out = folder.resolve("agent");

    assertThatThrownBy(() -> request(99, 0.85, out)).hasMessageContaining("maxComponents 99");
    assertThatThrownBy(() -> request(10_001, 0.85, out)).hasMessageContaining("10001");
    assertThatThrownBy(() -> request(100, 1.5, out)).hasMessageContaining("threshold 1.5");
    assertThatThrownBy(() -> request(List.of(), 100, 1, out)).hasMessageContaining("one suite");
  }

  private static void assertRefused(CompositeRequest request, String message) {
    assertThatThrownBy(() -> distill(request, ProgressListener.NONE))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(message);
  }
}
