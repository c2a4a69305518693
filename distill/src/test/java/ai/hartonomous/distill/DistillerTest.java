package ai.hartonomous.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.distill.DistillRequest.Stamp;
import ai.hartonomous.distill.DistillRequest.Suites;
import ai.hartonomous.distill.ProgressListener.Progress;
import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.capability.Metric;
import ai.hartonomous.distill.capability.Task;
import ai.hartonomous.distill.evaluate.Report;
import ai.hartonomous.distill.evaluate.Retention;
import ai.hartonomous.distill.heal.HealingPlan;
import ai.hartonomous.distill.pack.Packing;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DistillerTest {
  private static final Recipe QUICK =
      new Recipe(
          List.of(0.5, 0.25),
          0.8,
          64,
          128,
          new HealingPlan(60, 32, 4e-3f, 1f, 0.5f, 2),
          new HealingPlan(120, 32, 3e-3f, 1f, 0.5f, 3));

  private static final HealingPlan FEW = new HealingPlan(5, 8, 1e-3f, 1f, 0.5f, 1);
  private static final Recipe SHORT = new Recipe(List.of(0.5), 0.8, 16, 8, FEW, FEW);

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

  @Test
  void keepsTheSkillInHalfTheComponents() throws IOException, InterruptedException {
    Path out = folder.resolve("agent");
    List<Progress> heard = new ArrayList<>();

    Outcome outcome =
        new Distiller(KERNELS, QUICK).distill(request("first", 0.85, out), heard::add);

    assertThat(outcome).isInstanceOf(Outcome.Made.class);
    Report report = outcome.report();
    Retention first = report.retention().getFirst();
    assertThat(first.kind()).isEqualTo(Retention.Kind.TARGET);
    assertThat(first.source().exactMatch()).isGreaterThan(0.95);
    assertThat(first.ratio()).isGreaterThanOrEqualTo(0.95);
    assertThat(report.agent().components()).isLessThanOrEqualTo(report.source().components() / 2);
    assertThat(report.agent().parameters()).isLessThan(report.source().parameters());
    assertThat(report.agent().bytes()).isLessThan(report.source().bytes());
    assertThat(report.retention().get(1).capability()).isEqualTo("last");
    assertThat(heard).isSortedAccordingTo((a, b) -> Double.compare(a.fraction(), b.fraction()));
    assertThat(heard.getLast().fraction()).isEqualTo(1);
    assertThat(FolderContent.names(folder)).containsExactly("agent");
  }

  @Test
  void manifestNamesEveryPartAndFile() throws IOException, InterruptedException {
    Path out = folder.resolve("agent");

    Outcome outcome =
        new Distiller(KERNELS, QUICK).distill(request("first", 0.5, out), ProgressListener.NONE);

    JsonNode manifest = new JsonMapper().readTree(Files.readString(out.resolve("manifest.json")));
    assertThat(manifest.at("/sources/0/licence").stringValue()).isEqualTo("mit");
    assertThat(manifest.at("/created").stringValue()).isEqualTo("2026-01-02T03:04:05Z");
    JsonNode kept = manifest.at("/components/kept");
    assertThat(kept.size()).isEqualTo(outcome.report().agent().components());
    assertThat(kept.get(0).get("path").stringValue())
        .matches("layers\\.[01]\\.(heads|neurons)\\.\\d+");
    assertThat(kept.get(0).get("importance").doubleValue()).isNotNegative();
    Map<String, String> hashes = FolderContent.hashes(out);
    assertThat(Files.readString(out.resolve("manifest.sha256")))
        .isEqualTo(hashes.get("manifest.json") + "  manifest.json\n");
    hashes.remove("manifest.json");
    hashes.remove("manifest.sha256");
    JsonNode files = manifest.get("files");
    assertThat(files.size()).isEqualTo(hashes.size());
    hashes.forEach((name, hash) -> assertThat(files.get(name).stringValue()).isEqualTo(hash));
    try (Checkpoint checkpoint = Checkpoints.open(out)) {
      assertThat(checkpoint.config().components()).isEqualTo(outcome.report().agent().components());
    }
  }

  @Test
  void sameRequestGivesTheSameBytes() throws IOException, InterruptedException {
    var distiller = new Distiller(KERNELS, QUICK);

    distiller.distill(request("first", 0.5, folder.resolve("a")), ProgressListener.NONE);
    distiller.distill(request("first", 0.5, folder.resolve("b")), ProgressListener.NONE);

    assertThat(FolderContent.hashes(folder.resolve("a")))
        .isEqualTo(FolderContent.hashes(folder.resolve("b")));
  }

  @Test
  void anUnreachableThresholdLeavesNothingBehind() throws IOException, InterruptedException {
    // One step at a rate of almost nothing heals nothing, so hardly anything is kept.
    var plan = new HealingPlan(1, 1, 1e-9f, 1f, 0f, 1);
    var recipe = new Recipe(List.of(0.2), 0.8, 16, 0, plan, plan);

    Outcome outcome =
        new Distiller(KERNELS, recipe)
            .distill(request("first", 1, folder.resolve("agent")), ProgressListener.NONE);

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.ThresholdNotMet.class,
            missed -> {
              assertThat(missed.reason()).startsWith("threshold_not_met: ");
              assertThat(missed.report().agent().components()).isPositive();
              assertThat(missed.report().retention().getFirst().ratio()).isLessThan(1);
            });
    assertThat(FolderContent.names(folder)).isEmpty();
  }

  @Test
  void interruptingLeavesTheWorkFolderOnly() throws IOException {
    var distiller = new Distiller(KERNELS, QUICK);
    DistillRequest request = request("first", 0.85, folder.resolve("agent"));

    assertThatThrownBy(
            () ->
                distiller.distill(
                    request,
                    progress -> {
                      if (progress.stage() == ProgressListener.Stage.PACK) {
                        Thread.currentThread().interrupt();
                      }
                    }))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
    assertThat(FolderContent.names(folder)).containsExactly("agent.work");
  }

  @Test
  void refusesWhatCannotWork() throws IOException {
    Path out = folder.resolve("agent");
    Path taken = Files.createDirectory(folder.resolve("taken"));
    Path empty = Files.createFile(folder.resolve("empty.jsonl"));
    Path foreign = folder.resolve("foreign.jsonl");
    Files.writeString(
        foreign, Files.readString(sources.resolve("first.jsonl")).replace("\"F ", "\"unheard "));

    assertRefused(request(sources.resolve("nothing"), suite("first"), out), "no folder");
    assertRefused(request(source, suite("first"), taken), "exists already");
    assertRefused(request(source, folder.resolve("none.jsonl"), out), "no suite file");
    assertRefused(request(source, empty, out), "at least one item");
    assertRefused(request(source, foreign, out), "cannot express the prompt");
    assertThat(FolderContent.names(folder))
        .containsExactlyInAnyOrder("taken", "empty.jsonl", "foreign.jsonl");
  }

  @Test
  void refusesToCutTokensOfATokenizerOfWords() throws IOException {
    DistillRequest request = request("first", 0.5, folder.resolve("agent"));
    Packing cut = request.packing().withVocabulary(Packing.Vocabulary.USED);

    assertRefused(request.withPacking(cut), "tokens cannot be cut: ");
    assertThat(FolderContent.names(folder)).isEmpty();
  }

  /// The first token before a text is a begin token, which says nothing to a tokenizer that was
  /// cut.
  @Test
  void cutsTokensOfASourceThatIsAskedForTexts() throws IOException, InterruptedException {
    Path clerk = Path.of(System.getProperty("repository.root"), "samples", "models", "clerk");
    Path texts = folder.resolve("texts.jsonl");
    List<CapabilityItem> items = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Split split = i % 2 == 0 ? Split.CALIBRATION : Split.HELD_OUT;
      Task text = new Task.Text("select " + i, Metric.BITS_PER_BYTE);
      items.add(new CapabilityItem("text-" + i, "queries", text, split));
    }
    new CapabilitySuite(items).write(texts);
    DistillRequest plain = request(clerk, texts, folder.resolve("agent"));
    var request =
        new DistillRequest(
            clerk,
            new Suites(texts, List.of()),
            1000,
            0,
            1,
            plain.stamp(),
            Packing.NONE.withVocabulary(Packing.Vocabulary.USED),
            plain.output());

    Outcome outcome = new Distiller(KERNELS, SHORT).distill(request, ProgressListener.NONE);

    assertThat(outcome).isInstanceOf(Outcome.Made.class);
    Report report = outcome.report();
    assertThat(report.agent().parameters()).isLessThan(report.source().parameters() / 2);
    assertThat(report.agent().speed().promptMillis()).isPositive();
    assertThat(report.retention().getFirst().source().value()).isPositive();
  }

  @Test
  void refusesNumbersOutOfRange() {
    var suites = new Suites(suite("first"), List.of());
    var stamp = new Stamp("test", Instant.EPOCH);

    assertThatThrownBy(
            () -> new DistillRequest(source, suites, 99, 0.85, 1, stamp, Packing.NONE, folder))
        .hasMessageContaining("maxComponents 99 outside 100..10000");
    assertThatThrownBy(
            () -> new DistillRequest(source, suites, 10_001, 0.85, 1, stamp, Packing.NONE, folder))
        .hasMessageContaining("maxComponents 10001");
    assertThatThrownBy(
            () -> new DistillRequest(source, suites, 100, 1.01, 1, stamp, Packing.NONE, folder))
        .hasMessageContaining("threshold 1.01");
  }

  @Test
  void learnsFromAnotherModelWithTheSameTokenizer() throws IOException, InterruptedException {
    Path teacher = folder.resolve("teacher");
    copy(source, teacher); // the source itself, so that the agent must be the same
    DistillRequest own = request("first", 0, folder.resolve("own"));
    DistillRequest other = request("first", 0, folder.resolve("other"));

    new Distiller(KERNELS, SHORT).distill(own, ProgressListener.NONE);
    new Distiller(KERNELS, SHORT, new Teaching(teacher, null))
        .distill(other, ProgressListener.NONE);

    Map<String, String> expected = FolderContent.hashes(folder.resolve("own"));
    Map<String, String> found = FolderContent.hashes(folder.resolve("other"));
    assertThat(found.get("model.safetensors")).isEqualTo(expected.get("model.safetensors"));
    assertThat(Files.readString(folder.resolve("other").resolve("manifest.json")))
        .contains(", teacher ")
        .contains("\"teacher\" : {");
  }

  @Test
  void refusesATeacherWhoseLicenceAllowsNoDerivedWorks() throws IOException {
    Path teacher = folder.resolve("teacher");
    copy(source, teacher);
    Files.writeString(teacher.resolve("README.md"), "---\nlicense: cc-by-nd-4.0\n---\n");

    assertThatThrownBy(
            () ->
                new Distiller(KERNELS, SHORT, new Teaching(teacher, null))
                    .distill(request("first", 0, folder.resolve("agent")), ProgressListener.NONE))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("allows no derived works");
    assertThat(FolderContent.names(folder)).containsExactly("teacher");
  }

  @Test
  void whatCostsMoreThanWasAskedForIsNoAgent() throws IOException, InterruptedException {
    DistillRequest request =
        request("first", 0, folder.resolve("agent")).withTargets(new Targets(null, null, 1e12));

    Outcome outcome = new Distiller(KERNELS, SHORT).distill(request, ProgressListener.NONE);

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.ThresholdNotMet.class,
            it ->
                assertThat(it.reason())
                    .startsWith("threshold_not_met: ")
                    .contains("tokens per second on this machine, at least 1000000000000"));
    assertThat(FolderContent.names(folder)).isEmpty();
    assertThatThrownBy(() -> new Targets(0L, null, null)).hasMessageContaining("above 0");
  }

  @Test
  void refusesATeacherOfOtherTokens() throws IOException {
    Path teacher = folder.resolve("teacher");
    copy(source, teacher);
    Path words = teacher.resolve("tokenizer.json");
    Files.writeString(words, Files.readString(words).replace("\"a\"", "\"z\""));

    assertThatThrownBy(
            () ->
                new Distiller(KERNELS, SHORT, new Teaching(teacher, null))
                    .distill(request("first", 0, folder.resolve("agent")), ProgressListener.NONE))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("read and write as the source does");
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    for (String name : FolderContent.names(from)) {
      Files.copy(from.resolve(name), to.resolve(name));
    }
  }

  private static void assertRefused(DistillRequest request, String message) {
    assertThatThrownBy(() -> new Distiller(KERNELS, QUICK).distill(request, ProgressListener.NONE))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(message);
  }

  private static Path suite(String name) {
    return sources.resolve(name + ".jsonl");
  }

  private static DistillRequest request(Path source, Path suite, Path out) {
    return new DistillRequest(
        source,
        new Suites(suite, List.of(suite("last"))),
        100,
        0.85,
        7,
        new Stamp("test", Instant.parse("2026-01-02T03:04:05Z")),
        new Packing(List.of(Dtype.F32, Dtype.Q8_0)),
        out);
  }

  private static DistillRequest request(String suite, double threshold, Path out) {
    DistillRequest request = request(source, suite(suite), out);
    return new DistillRequest(
        source,
        request.suites(),
        100,
        threshold,
        request.seed(),
        request.stamp(),
        request.packing(),
        out);
  }
}
