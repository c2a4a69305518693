package ai.hartonomous.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.distill.DistillRequest.Stamp;
import ai.hartonomous.distill.DistillRequest.Suites;
import ai.hartonomous.distill.ProgressListener.Progress;
import ai.hartonomous.distill.ProgressListener.Stage;
import ai.hartonomous.distill.heal.Divergence;
import ai.hartonomous.distill.heal.HealingPlan;
import ai.hartonomous.distill.heal.HealingPlan.Stepping;
import ai.hartonomous.distill.heal.Objective;
import ai.hartonomous.distill.heal.Objective.Distance;
import ai.hartonomous.distill.heal.Objective.Hidden;
import ai.hartonomous.distill.pack.Packing;
import ai.hartonomous.distill.work.WorkFolder;
import ai.hartonomous.distill.work.WorkFolderException;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumeTest {
  private static final long SEED = Long.getLong("test.seed", 20);
  private static final int KILLS = 10;
  private static final Recipe QUICK =
      new Recipe(
          List.of(0.5, 0.3),
          0.0,
          16,
          32,
          9,
          new HealingPlan(25, 8, 4e-3f, 1f, 0.5f, 3),
          new HealingPlan(30, 8, 3e-3f, 1f, 0.5f, 3)
              .withObjective(
                  new Objective(
                      new Divergence.Jensen(0.5f), 0.9f, 0.5f, new Hidden(Distance.COSINE, 0.5f)))
              .withStepping(new Stepping(2, 0.5f, 2)));
  private static final Kernels KERNELS = Kernels.of(1);

  @TempDir private static Path sources;
  private static Path source;
  private static Map<String, String> undisturbed;
  private static List<Progress> events;

  @TempDir private Path folder;

  @BeforeAll
  static void distilUndisturbed() throws IOException, InterruptedException {
    source = new SmallSource(KERNELS).write(sources);
    events = new ArrayList<>();
    Path out = sources.resolve("agent");
    new Distiller(KERNELS, QUICK).distill(request(out, 7, 0), events::add);
    undisturbed = bytes(out);
  }

  @AfterAll
  static void closeKernels() {
    KERNELS.close();
  }

  @Test
  void killedAnywhereItComesToTheSameBytes() throws IOException, InterruptedException {
    var random = new SplittableRandom(SEED);
    for (int kill = 0; kill < KILLS; kill++) {
      Path out = folder.resolve("agent-" + kill);
      int event = random.nextInt(1, events.size() - 1); // the first comes before any work
      boolean crash = random.nextBoolean();

      kill(out, event, crash);
      assertThat(left()).as("killed at event %d", event).contains("agent-%d.work".formatted(kill));
      new Distiller(KERNELS, QUICK).distill(request(out, 7, 1 + kill), ProgressListener.NONE);

      assertThat(bytes(out)).as("seed %d, event %d", SEED, event).isEqualTo(undisturbed);
      assertThat(left()).doesNotContain("agent-%d.work".formatted(kill));
    }
  }

  @Test
  void killedAgainAndAgainItComesToTheSameBytes() throws IOException, InterruptedException {
    Path out = folder.resolve("agent");
    var random = new SplittableRandom(SEED + 1);
    for (int kill = 0; kill < KILLS; kill++) {
      kill(out, random.nextInt(1, events.size() / 5), random.nextBoolean());
    }

    new Distiller(KERNELS, QUICK).distill(request(out, 7, 9), ProgressListener.NONE);

    assertThat(bytes(out)).isEqualTo(undisturbed);
  }

  @Test
  void finishedHealingsAreNotDoneAgain() throws IOException, InterruptedException {
    Path out = folder.resolve("agent");
    kill(out, lastOf(Stage.HEAL), true);
    List<Progress> again = new ArrayList<>();

    new Distiller(KERNELS, QUICK).distill(request(out, 7, 0), again::add);

    // Of the last healing at most the steps since its state was written are left.
    long healed = events.stream().filter(e -> e.stage() == Stage.HEAL).count();
    assertThat(again.stream().filter(e -> e.stage() == Stage.HEAL).count()).isLessThan(healed / 3);
    assertThat(again).isSortedAccordingTo((a, b) -> Double.compare(a.fraction(), b.fraction()));
  }

  @Test
  void aDamagedStageIsDoneAgain() throws IOException, InterruptedException {
    Path out = folder.resolve("agent");
    kill(out, lastOf(Stage.HEAL), true);
    Path work = folder.resolve("agent.work");
    List<String> told = new ArrayList<>();
    int damaged = 0;
    for (Path file : files(work)) {
      if (file.toString().endsWith(".stage") && !file.endsWith("request.stage")) {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        damaged++;
      }
    }

    new Distiller(KERNELS, QUICK)
        .distill(request(out, 7, 0), progress -> told.add(progress.message()));

    assertThat(bytes(out)).isEqualTo(undisturbed);
    assertThat(damaged).isGreaterThan(5);
    assertThat(told.stream().filter(message -> message.contains("is damaged")).count())
        .isEqualTo(damaged);
  }

  @Test
  void refusesTheWorkOfAnotherRequest() throws IOException {
    Path out = folder.resolve("agent");
    kill(out, 5, true);

    assertThatThrownBy(
            () -> new Distiller(KERNELS, QUICK).distill(request(out, 8, 0), ProgressListener.NONE))
        .isInstanceOf(WorkFolderException.class)
        .hasMessageContaining("agent.work")
        .hasMessageContaining("seed: expected 8 as in this request, found 7");
    assertThat(left()).containsExactly("agent.work");
  }

  @Test
  void anAgentThatWasPublishedBeforeTheKillIsLeftAsItIs() throws IOException, InterruptedException {
    Path out = folder.resolve("agent");
    Path work = Distiller.workFolder(out);
    kill(out, lastOf(Stage.EVALUATE), true);
    Path copy = folder.resolve("copy");
    copy(work, copy);
    new Distiller(KERNELS, QUICK).distill(request(out, 7, 9), ProgressListener.NONE);
    copy(copy, work); // as if it had not been removed
    assertThatThrownBy(
            () -> new Distiller(KERNELS, QUICK).distill(request(out, 7, 9), ProgressListener.NONE))
        .hasMessageContaining("exists already");
    Files.copy(published(work.resolveSibling("marked")), work.resolve("publishing.stage"));

    Outcome outcome =
        new Distiller(KERNELS, QUICK).distill(request(out, 7, 9), ProgressListener.NONE);

    assertThat(outcome).isInstanceOf(Outcome.Made.class);
    assertThat(bytes(out)).isEqualTo(undisturbed);
    assertThat(left()).doesNotContain("agent.work");
  }

  /// {@return a file as it is kept just before an agent moves to its place}
  private static Path published(Path scratch) throws IOException, InterruptedException {
    var request = new WorkFolder.Request(Map.of(), Instant.EPOCH);
    try (WorkFolder work = WorkFolder.open(scratch, request, _ -> {})) {
      work.write("publishing", "", _ -> {});
    }
    return scratch.resolve("publishing.stage");
  }

  private static int lastOf(Stage stage) {
    int last = 0;
    for (int i = 0; i < events.size(); i++) {
      last = events.get(i).stage() == stage ? i : last;
    }
    return last;
  }

  /// Distils until the given event and breaks off there, by an interrupt or an exception.
  private static void kill(Path out, int event, boolean crash) {
    var count = new int[1];
    ProgressListener killer =
        _ -> {
          if (count[0]++ == event) {
            if (crash) {
              throw new IllegalStateException("killed");
            }
            Thread.currentThread().interrupt();
          }
        };
    assertThatThrownBy(() -> new Distiller(KERNELS, QUICK).distill(request(out, 7, 0), killer))
        .isInstanceOfAny(InterruptedException.class, IllegalStateException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  /// A request of the same agent at another time.
  private static DistillRequest request(Path out, long seed, int minutes) {
    return new DistillRequest(
        source,
        new Suites(sources.resolve("first.jsonl"), List.of()),
        100,
        0,
        seed,
        new Stamp("test", Instant.parse("2026-01-02T03:04:05Z").plusSeconds(60L * minutes)),
        Packing.NONE,
        out);
  }

  private List<String> left() throws IOException {
    return files(folder).stream().map(file -> file.getFileName().toString()).toList();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    for (Path file : files(from)) {
      Files.copy(file, to.resolve(file.getFileName()));
    }
  }

  private static Map<String, String> bytes(Path folder) throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = folder.relativize(file).toString();
        all.put(name, HexFormat.of().formatHex(Files.readAllBytes(file)));
      }
    }
    return all;
  }
}
