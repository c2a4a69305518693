package ai.hartonomous.distill.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.distill.work.WorkFolder.Request;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkFolderTest {
  private static final Request REQUEST =
      new Request(Map.of("seed", "1", "source", "a"), Instant.parse("2026-01-02T03:04:05Z"));

  @TempDir private Path parent;

  private final List<String> notices = new ArrayList<>();

  private Path folder() {
    return parent.resolve("work");
  }

  private WorkFolder open(Request request) throws IOException, InterruptedException {
    return WorkFolder.open(folder(), request, notices::add);
  }

  @Test
  void readsWhatWasWritten() throws IOException, InterruptedException {
    float[] many = new float[100_000];
    for (int i = 0; i < many.length; i++) {
      many[i] = 1f / i;
    }
    short[] halves = {1, -2, Short.MIN_VALUE};

    try (WorkFolder work = open(REQUEST)) {
      work.write(
          "all",
          "inputs",
          out -> {
            out.text("größer");
            out.ints(3, Integer.MIN_VALUE);
            out.flags(true, false);
            out.doubles(Double.NaN, Math.PI);
            out.floats(many);
            out.halves(3);
            out.append(halves[0]);
            out.append(halves[1], halves[2]);
            out.ints();
          });
    }

    try (WorkFolder work = open(REQUEST)) {
      assertThat(work.read("all", "inputs", in -> readsAll(in, many, halves))).contains(true);
      assertThat(notices).isEmpty();
    }
  }

  private static boolean readsAll(StageInput in, float[] many, short[] halves) throws IOException {
    assertThat(in.text()).isEqualTo("größer");
    assertThat(in.ints()).containsExactly(3, Integer.MIN_VALUE);
    assertThat(in.flags()).containsExactly(true, false);
    assertThat(in.doubles()).containsExactly(Double.NaN, Math.PI);
    float[] found = new float[many.length];
    in.floats(found);
    assertThat(found).isEqualTo(many);
    MemorySegment mapped = in.halves();
    assertThat(mapped.toArray(StageInput.HALF)).isEqualTo(halves);
    assertThat(in.ints()).isEmpty();
    return true;
  }

  @Test
  void doesAFinishedStageOnce() throws IOException, InterruptedException {
    try (WorkFolder work = open(REQUEST)) {
      assertThat(work.stage("one", "a", TEXT, () -> "first")).isEqualTo("first");
      assertThat(work.stage("one", "a", TEXT, () -> "second")).isEqualTo("first");
      assertThat(work.stage("one", "b", TEXT, () -> "third")).isEqualTo("third");
    }
    assertThat(notices).hasSize(1);
  }

  @Test
  void noticesAFlippedBitAnywhere() throws IOException, InterruptedException {
    try (WorkFolder work = open(REQUEST)) {
      work.stage("one", "a", TEXT, () -> "a text");
      Path file = folder().resolve("one.stage");
      byte[] good = Files.readAllBytes(file);
      var random = new SplittableRandom(1);
      for (int at = 0; at < good.length; at++) {
        byte[] bad = good.clone();
        bad[at] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, bad);
        assertThat(work.read("one", "a", StageInput::text)).as("byte %d", at).isEmpty();
        Files.write(file, Arrays.copyOf(good, at));
        assertThat(work.read("one", "a", StageInput::text)).as("first %d", at).isEmpty();
      }
      Files.write(file, good);
      assertThat(work.read("one", "a", StageInput::text)).contains("a text");
      assertThat(notices).hasSize(2 * good.length);
    }
  }

  @Test
  void keepsTheTimeOfTheFirstRequest() throws IOException, InterruptedException {
    open(REQUEST).close();

    try (WorkFolder work = open(new Request(REQUEST.fields(), Instant.EPOCH))) {
      assertThat(work.created()).isEqualTo(REQUEST.created());
    }
  }

  @Test
  void refusesAnotherRequestByName() throws IOException, InterruptedException {
    open(REQUEST).close();

    assertThatThrownBy(() -> open(new Request(Map.of("seed", "1", "source", "b"), Instant.EPOCH)))
        .isInstanceOf(WorkFolderException.class)
        .hasMessageContaining("source: expected b as in this request, found a");
    assertThatThrownBy(() -> open(new Request(Map.of("seed", "1"), Instant.EPOCH)))
        .hasMessageContaining("source: expected nothing");
  }

  @Test
  void refusesADamagedRequest() throws IOException, InterruptedException {
    open(REQUEST).close();
    Path file = folder().resolve("request.stage");
    byte[] bytes = Files.readAllBytes(file);
    bytes[40] ^= 1;
    Files.write(file, bytes);

    assertThatThrownBy(() -> open(REQUEST))
        .isInstanceOf(WorkFolderException.class)
        .hasMessageContaining("request.stage")
        .hasMessageContaining("checksum");
    WorkFolder.delete(folder());
    open(REQUEST).close();
  }

  @Test
  void leavesForeignFoldersAlone() throws IOException {
    Files.createDirectory(folder());
    Files.writeString(folder().resolve("thesis.txt"), "years of work");

    assertThatThrownBy(() -> open(REQUEST))
        .isInstanceOf(WorkFolderException.class)
        .hasMessageContaining("thesis.txt");
    assertThatThrownBy(() -> WorkFolder.delete(folder())).hasMessageContaining("thesis.txt");
    assertThat(Disk.list(folder())).containsExactly(folder().resolve("thesis.txt"));
  }

  @Test
  void isOnesAlone() throws IOException, InterruptedException {
    try (WorkFolder work = open(REQUEST)) {
      assertThatThrownBy(() -> open(REQUEST))
          .isInstanceOf(WorkFolderException.class)
          .hasMessageContaining("another distillation");
      assertThatThrownBy(() -> WorkFolder.delete(folder()))
          .hasMessageContaining("another distillation");
      work.remove();
    }
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void aWriterThatFailsLeavesTheFormerFile() throws IOException, InterruptedException {
    try (WorkFolder work = open(REQUEST)) {
      work.write("one", "a", out -> out.text("good"));
      assertThatThrownBy(
              () ->
                  work.write(
                      "one",
                      "a",
                      out -> {
                        out.text("half");
                        throw new IOException("disk full");
                      }))
          .hasMessage("disk full");
      Files.writeString(work.temporary("scrap"), "in the making");
    }

    try (WorkFolder work = open(REQUEST)) {
      assertThat(work.read("one", "a", StageInput::text)).contains("good");
      assertThat(Disk.list(folder()))
          .extracting(file -> file.getFileName().toString())
          .containsExactlyInAnyOrder("lock", "one.stage", "request.stage");
    }
  }

  private static final StageFormat<String> TEXT =
      new StageFormat<>() {
        @Override
        public void write(String text, StageOutput out) throws IOException {
          out.text(text);
        }

        @Override
        public String read(StageInput in) throws IOException {
          return in.text();
        }
      };
}
