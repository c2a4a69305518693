package ai.hartonomous.interpret.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.capture.Capture.Plan;
import ai.hartonomous.interpret.capture.Capture.Progress;
import ai.hartonomous.interpret.capture.Capture.Size;
import ai.hartonomous.interpret.transcoder.ActivationStream.Batch;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CaptureTest {
  private static final long ENOUGH = 1L << 30;
  private static final HookPair PAIR = HookPair.mlp(1);

  @TempDir private Path temporary;

  private final Kernels kernels = Kernels.of(1);
  private final Model model = Tiny.llama(6);
  private Path ids = Path.of("");

  @BeforeEach
  void writeCorpus() throws IOException {
    var random = new SplittableRandom(11);
    List<String> lines = new ArrayList<>();
    for (int d = 0; d < 19; d++) {
      lines.add(Arrays.toString(random.ints(random.nextInt(1, 30), 2, 17).toArray()));
    }
    ids = Files.write(temporary.resolve("ids"), lines);
  }

  @AfterEach
  void close() {
    kernels.close();
  }

  @Test
  void storesWhatTheModelHas() throws IOException {
    Path folder = temporary.resolve("values");

    CaptureManifest manifest = capture(Dtype.F32).run(folder, ENOUGH, CaptureTest::ignore);

    try (var live = live(5, 0);
        var stored = new CapturedStream(folder, List.of(PAIR), settings(5, 2, 0))) {
      for (int step = 0; step < manifest.rows() / 5 + 3; step++) {
        Batch expected = live.read(step);
        Batch found = stored.read(step);
        assertThat(found.x().getFirst().data()).isEqualTo(expected.x().getFirst().data());
        assertThat(found.y().getFirst().data()).isEqualTo(expected.y().getFirst().data());
      }
    }
  }

  @Test
  void manifestHasTheNormsOfAllRows() throws IOException {
    CaptureManifest manifest =
        capture(Dtype.F32).run(temporary.resolve("values"), ENOUGH, CaptureTest::ignore);

    double norms = 0;
    double squares = 0;
    try (var live = live(1, 0)) {
      for (int step = 0; step < manifest.rows(); step++) {
        double square = 0;
        for (float x : live.read(step).x().getFirst().data()) {
          square += (double) x * x;
        }
        squares += square;
        norms += Math.sqrt(square);
      }
    }
    CaptureManifest.Point point = manifest.point(PAIR.reads());
    assertThat(point.meanNorm()).isCloseTo(norms / manifest.rows(), within(1e-9));
    assertThat(point.rootMeanSquareNorm())
        .isCloseTo(Math.sqrt(squares / manifest.rows()), within(1e-9));
    assertThat(point.expectedAverageScale() * point.meanNorm())
        .isCloseTo(Math.sqrt(12), within(1e-9));
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = Dtype.class,
      names = {"F16", "BF16"})
  void smallerFormatsRound(Dtype dtype) throws IOException {
    Path folder = temporary.resolve("values");
    capture(dtype).run(folder, ENOUGH, CaptureTest::ignore);

    try (var live = live(20, 0);
        var stored = new CapturedStream(folder, List.of(PAIR), settings(20, 1, 0))) {
      float[] expected = live.read(3).x().getFirst().data();
      float[] found = stored.read(3).x().getFirst().data();

      // 11 and 8 significant bits, rounded to nearest.
      float unit = dtype == Dtype.F16 ? 1f / 2048 : 1f / 256;
      for (int i = 0; i < found.length; i++) {
        float bar = Math.max(unit * Math.abs(expected[i]), 6e-8f);
        assertThat(found[i]).isCloseTo(expected[i], within(bar));
      }
      assertThat(found).isNotEqualTo(expected);
    }
  }

  @Test
  void statesItsSizeAndStaysWithinIt() throws IOException {
    Capture capture = capture(Dtype.F32);
    Path folder = temporary.resolve("values");

    Size size = capture.size();

    assertThatThrownBy(() -> capture.run(folder, size.bytes() - 1, CaptureTest::ignore))
        .isInstanceOf(DiskBudgetException.class)
        .hasMessageContaining("takes up to %d bytes".formatted(size.bytes()));
    assertThat(folder).doesNotExist();
    capture.run(
        folder,
        size.bytes(),
        progress -> assertThat(bytes(folder)).isLessThanOrEqualTo(size.bytes()));
    assertThat(bytes(folder)).isBetween(size.rows() * 2 * 12 * 4, size.bytes());
  }

  @Test
  void stopsAfterTheRowsWanted() throws IOException {
    Plan plan = plan(Dtype.F32, 31);

    CaptureManifest manifest =
        new Capture(new Transformer(model, kernels), "model", plan)
            .run(temporary.resolve("values"), ENOUGH, CaptureTest::ignore);

    assertThat(manifest.rows()).isEqualTo(31);
    assertThat(manifest.shards()).hasSize(2);
  }

  /// What a kill may leave, at ten random points: some finished shards, a shard half written under
  /// its other name, and a journal whose last line is cut off anywhere.
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void goesOnAfterAKillWithTheSameBytes(long seed) throws IOException {
    var random = new SplittableRandom(seed);
    Path whole = temporary.resolve("whole");
    Path broken = temporary.resolve("broken");
    CaptureManifest manifest = capture(Dtype.BF16).run(whole, ENOUGH, CaptureTest::ignore);
    int last = random.nextInt(manifest.shards().size());

    assertThatThrownBy(() -> capture(Dtype.BF16).run(broken, ENOUGH, killAt(last)))
        .isInstanceOf(Killed.class);
    Path journal = broken.resolve(CaptureJournal.NAME);
    try (var file = new RandomAccessFile(journal.toFile(), "rw")) {
      file.setLength(random.nextLong(file.length() + 1));
    }
    Files.write(broken.resolve("shard-%05d.safetensors.part".formatted(last)), new byte[77]);
    List<Long> stored = new ArrayList<>();
    capture(Dtype.BF16).run(broken, ENOUGH, progress -> stored.add(progress.rows()));

    assertThat(contents(broken)).isEqualTo(contents(whole));
    assertThat(stored.size()).isLessThanOrEqualTo(manifest.shards().size());
  }

  @Test
  void keepsFinishedShardsAndReplacesDamagedOnes() throws IOException {
    Path whole = temporary.resolve("whole");
    Path broken = temporary.resolve("broken");
    CaptureManifest manifest = capture(Dtype.F32).run(whole, ENOUGH, CaptureTest::ignore);
    int shards = manifest.shards().size();
    assertThatThrownBy(() -> capture(Dtype.F32).run(broken, ENOUGH, killAt(3)))
        .isInstanceOf(Killed.class);
    Path damaged = broken.resolve("shard-00002.safetensors");
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[bytes.length - 1] ^= 1;
    Files.write(damaged, bytes);

    List<Long> stored = new ArrayList<>();
    capture(Dtype.F32).run(broken, ENOUGH, progress -> stored.add(progress.rows()));

    assertThat(stored).as("two of four shards are kept").hasSize(shards - 2);
    assertThat(contents(broken)).isEqualTo(contents(whole));
  }

  @Test
  void aFinishedCaptureIsNotDoneAgain() throws IOException {
    Path folder = temporary.resolve("values");
    CaptureManifest first = capture(Dtype.F32).run(folder, ENOUGH, CaptureTest::ignore);
    List<Long> stored = new ArrayList<>();

    CaptureManifest second =
        capture(Dtype.F32).run(folder, ENOUGH, progress -> stored.add(progress.rows()));

    assertThat(second).isEqualTo(first);
    assertThat(stored).isEmpty();
    assertThatThrownBy(() -> capture(Dtype.F16).run(folder, ENOUGH, CaptureTest::ignore))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("manifest.json at source");
  }

  @Test
  void refusesToMixCaptures() {
    Path folder = temporary.resolve("values");
    assertThatThrownBy(() -> capture(Dtype.F32).run(folder, ENOUGH, killAt(1)))
        .isInstanceOf(Killed.class);

    assertThatThrownBy(() -> capture(Dtype.BF16).run(folder, ENOUGH, CaptureTest::ignore))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("line 1: expected the same work");
  }

  @Test
  void refusesNumbersThatDoNotFit() {
    Model large = Tiny.llama(6);
    var gain = large.weights().layers().get(1).mlpNorm();
    Arrays.fill(Objects.requireNonNull(gain).gain(), 1e6f);
    Path folder = temporary.resolve("values");

    assertThatThrownBy(
            () ->
                new Capture(new Transformer(large, kernels), "large", plan(Dtype.F16, ENOUGH))
                    .run(folder, ENOUGH, CaptureTest::ignore))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("expected a number that fits F16");
  }

  @Test
  void shuffledReadingGivesEveryRowOnceInAnEpochAndTheSameAnywhere() throws IOException {
    Path folder = temporary.resolve("values");
    int rows = (int) capture(Dtype.F32).run(folder, ENOUGH, CaptureTest::ignore).rows();
    List<String> first = new ArrayList<>();
    List<String> second = new ArrayList<>();
    List<String> inOrder = new ArrayList<>();
    try (var stored = new CapturedStream(folder, List.of(PAIR), settings(1, 3, 5));
        var plain = new CapturedStream(folder, List.of(PAIR), settings(1, 3, 0))) {
      for (int step = 0; step < 2 * rows; step++) {
        (step < rows ? first : second).add(text(stored.read(step)));
        if (step < rows) {
          inOrder.add(text(plain.read(step)));
        }
      }
    }

    assertThat(first).isNotEqualTo(inOrder).containsExactlyInAnyOrderElementsOf(inOrder);
    assertThat(second).isNotEqualTo(first).containsExactlyInAnyOrderElementsOf(inOrder);
    for (int step : new int[] {2 * rows - 1, 0, rows, rows / 2}) {
      try (var stored = new CapturedStream(folder, List.of(PAIR), settings(1, 3, 5))) {
        String expected = step < rows ? first.get(step) : second.get(step - rows);
        assertThat(text(stored.read(step))).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "\"hartonomous_capture\" : 1|\"hartonomous_capture\" : 2|hartonomous_capture: expected 1",
        "\"dtype\" : \"F32\"|\"dtype\" : \"Q8_0\"|dtype: expected F32, F16 or BF16",
        "shard-00001|../../secret|shards: expected shard-00001.safetensors",
        "\"rows_per_shard\" : 30|\"rows_per_shard\" : 29|rows: expected 29",
        "\"width\" : 12|\"width\" : -12|width: expected 1 to 16777216",
        "\"width\" : 12|\"width\" : 13|tensor layers.1.mlp_input: expected F32 [30, 13]",
        "layers.1.mlp_input|layers.1.nothing|points: expected hook points",
        "layers.1.mlp_input|layers.0.mlp_input|tensor layers.0.mlp_input: expected F32 [30, 12], found none",
        "\"mean_norm\" :|\"mean_norm\" : -1, \"other\" :|mean_norm: expected a number of at least 0",
        "\"source\"|\"shards\"|JSON: expected JSON without duplicates"
      })
  void refusesADamagedManifest(String good, String bad, String complaint) throws IOException {
    Path folder = temporary.resolve("values");
    capture(Dtype.F32).run(folder, ENOUGH, CaptureTest::ignore);
    Path manifest = folder.resolve("manifest.json");
    String text = Files.readString(manifest);
    Files.writeString(manifest, text.replaceFirst(Pattern.quote(good), bad));
    HookPoint read = good.startsWith("layers") ? new HookPoint(Site.MLP_OUTPUT, 1) : PAIR.reads();

    assertThatThrownBy(
            () -> {
              HookPair pair = new HookPair(read, read);
              try (var stored = new CapturedStream(folder, List.of(pair), settings(4, 1, 0))) {
                stored.read(0);
              }
            })
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining(complaint);
  }

  @Test
  void refusesADamagedShard() throws IOException {
    Path folder = temporary.resolve("values");
    capture(Dtype.F32).run(folder, ENOUGH, CaptureTest::ignore);
    Path shard = folder.resolve("shard-00000.safetensors");
    byte[] bytes = Files.readAllBytes(shard);
    bytes[bytes.length / 2] ^= 4;
    Files.write(shard, bytes, StandardOpenOption.TRUNCATE_EXISTING);

    try (var stored = new CapturedStream(folder, List.of(PAIR), settings(4, 1, 0))) {
      assertThatThrownBy(() -> stored.read(0))
          .isInstanceOf(CaptureException.class)
          .hasMessageContaining(shard + " at SHA-256");
    }
  }

  /// Ends a capture as a kill would, after a shard was finished.
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static void ignore(Progress progress) {
    assertThat(progress.rows()).isPositive();
  }

  private static Consumer<Progress> killAt(int shard) {
    int[] shards = new int[1];
    return progress -> {
      if (shards[0]++ == shard) {
        throw new Killed();
      }
    };
  }

  private Capture capture(Dtype dtype) throws IOException {
    return new Capture(new Transformer(model, kernels), "model", plan(dtype, Long.MAX_VALUE));
  }

  private Plan plan(Dtype dtype, long rows) {
    return new Plan(text(), List.of(PAIR.writes(), PAIR.reads()), dtype, 30, rows, 48);
  }

  private CorpusText text() {
    Corpus corpus = Corpus.ofIds(List.of(new DocumentSource.TokenIds(ids)));
    return new CorpusText(corpus, Packing.separated(24, new LetterTokenizer(true)));
  }

  private ModelStream live(int rows, long seed) throws IOException {
    return new ModelStream(
        new Transformer(model, kernels),
        "model",
        text(),
        List.of(PAIR),
        new ModelStream.Settings(rows, rows, 48, seed));
  }

  private static CapturedStream.Settings settings(int rows, int together, long seed) {
    return new CapturedStream.Settings(rows, together, seed);
  }

  private static String text(Batch batch) {
    Matrix x = batch.x().getFirst();
    Matrix y = batch.y().getFirst();
    return Arrays.toString(x.data()) + Arrays.toString(y.data());
  }

  private static long bytes(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// {@return the bytes of every file}
  private static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String bytes = HexFormat.of().formatHex(Files.readAllBytes(file));
        contents.put(String.valueOf(file.getFileName()), bytes);
      }
    }
    return contents;
  }
}
