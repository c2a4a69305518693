package ai.hartonomous.interpret.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.interpret.transcoder.ActivationStream.Batch;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModelStreamTest {
  private static final HookPoint RESIDUAL = new HookPoint(Site.RESIDUAL_AFTER, 0);
  private static final List<HookPair> PAIRS =
      List.of(HookPair.mlp(0), new HookPair(RESIDUAL, RESIDUAL), HookPair.mlp(1));

  @TempDir private Path folder;

  private final Kernels kernels = Kernels.of(1);
  private final List<int[]> documents = new ArrayList<>();
  private Corpus corpus = Corpus.ofIds(List.of(new DocumentSource.TokenIds(Path.of("none"))));

  @BeforeEach
  void writeCorpus() throws IOException {
    var random = new SplittableRandom(11);
    for (int d = 0; d < 23; d++) {
      documents.add(random.ints(random.nextInt(1, 30), 2, 17).toArray());
    }
    String text = documents.stream().map(Arrays::toString).collect(Collectors.joining("\n"));
    Path file = Files.writeString(folder.resolve("ids"), text);
    corpus = Corpus.ofIds(List.of(new DocumentSource.TokenIds(file)));
  }

  @AfterEach
  void close() {
    kernels.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void deliversWhatTheModelHasAtThatPlace(Tiny.Named named) throws IOException {
    Packing packing = Packing.separated(24, new LetterTokenizer(true));
    List<float[]> expected = valuesOfSingleDocuments(named.model(), RESIDUAL);

    try (ModelStream stream = stream(named.model(), packing, 5, 20, 0)) {
      int steps = expected.size() / 5;
      for (int step = 0; step < steps; step++) {
        Matrix found = stream.read(step).x().get(1);
        for (int r = 0; r < 5; r++) {
          // Rows of one pass stand beside other rows than in a pass alone.
          assertThat(row(found, r))
              .usingComparatorWithPrecision(1e-4f)
              .containsExactly(expected.get(5 * step + r));
        }
      }
      assertThat(row(stream.read(steps).x().get(1), 0))
          .as("the next epoch begins again")
          .usingComparatorWithPrecision(1e-4f)
          .containsExactly(expected.getFirst());
    }
  }

  static List<Tiny.Named> models() {
    return Tiny.all(3).stream().filter(m -> !m.name().contains("attention-only")).toList();
  }

  @Test
  void anyBatchIsTheSameWhereverReadingBegan() throws IOException {
    Packing packing = Packing.packed(7, new LetterTokenizer(true));
    List<float[]> inOrder = new ArrayList<>();
    try (ModelStream stream = stream(Tiny.neox(4), packing, 4, 40, 9)) {
      for (int step = 0; step < 150; step++) { // more than one epoch
        inOrder.add(flat(stream.read(step)));
      }
      assertThat(flat(stream.read(3))).as("going back").isEqualTo(inOrder.get(3));
    }

    for (int step : new int[] {149, 0, 1, 77, 10, 60}) {
      try (ModelStream stream = stream(Tiny.neox(4), packing, 4, 40, 9)) {
        assertThat(flat(stream.read(step))).as("step " + step).isEqualTo(inOrder.get(step));
        assertThat(flat(stream.read(step + 1 - step / 149)))
            .isEqualTo(inOrder.get(step + 1 - step / 149));
      }
    }
  }

  @Test
  void everyEpochHasAllRowsInAnotherOrder() throws IOException {
    Packing packing = Packing.separated(24, new LetterTokenizer(true));
    long counted = documents.stream().mapToLong(d -> d.length).sum();
    List<String> first = new ArrayList<>();
    List<String> second = new ArrayList<>();

    try (ModelStream stream = stream(Tiny.gpt2(4), packing, 1, 64, 9)) {
      for (int step = 0; step < 2 * counted; step++) {
        String row = Arrays.toString(row(stream.read(step).y().get(2), 0));
        (step < counted ? first : second).add(row);
      }
    }

    assertThat(second).isNotEqualTo(first);
    assertThat(second).containsExactlyInAnyOrderElementsOf(first);
  }

  @Test
  void inputAndTargetOfAnAutoencoderAreOneMatrix() throws IOException {
    Packing packing = Packing.packed(7, new LetterTokenizer(true));
    try (ModelStream stream = stream(Tiny.llama(4), packing, 4, 40, 9)) {
      Batch batch = stream.read(0);

      assertThat(batch.y().get(1)).isSameAs(batch.x().get(1));
      assertThat(batch.y().get(0)).isNotSameAs(batch.x().get(0));
      assertThat(stream.identity()).contains("seed=9").contains("PACKED 7");
    }
  }

  @Test
  void refusesWhatItCannotDeliver() throws IOException {
    Packing packing = Packing.packed(7, new LetterTokenizer(true));
    Model noMlp = Tiny.toyAttentionOnly(4);

    assertThatThrownBy(() -> stream(noMlp, packing, 4, 40, 9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the model has no layers.0.mlp_input");
    try (ModelStream stream = stream(Tiny.llama(4), packing, 5000, 5000, 9)) {
      assertThatThrownBy(() -> stream.read(0))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("tokens that count, one batch has 5000");
    }
  }

  private ModelStream stream(Model model, Packing packing, int rows, int buffer, long seed)
      throws IOException {
    return new ModelStream(
        new Transformer(model, kernels),
        "hash",
        new CorpusText(corpus, packing),
        PAIRS,
        new ModelStream.Settings(rows, buffer, 48, seed));
  }

  /// Values of every token but the begin token, from a pass for each part of each document.
  private List<float[]> valuesOfSingleDocuments(Model model, HookPoint point) {
    var transformer = new Transformer(model, kernels);
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    List<float[]> rows = new ArrayList<>();
    for (int[] document : documents) {
      for (int from = 0; from < document.length; from += 23) {
        int[] part = Arrays.copyOfRange(document, from, Math.min(document.length, from + 23));
        int[] ids = new int[part.length + 1];
        ids[0] = 1;
        System.arraycopy(part, 0, ids, 1, part.length);
        transformer.forward(
            ai.hartonomous.model.transformer.Batch.of(ids),
            trace,
            (at, values) -> {
              for (int r = 1; r < values.rows() && at.equals(point); r++) {
                rows.add(row(values, r));
              }
            });
      }
    }
    return rows;
  }

  private static float[] row(Matrix matrix, int row) {
    float[] numbers = new float[matrix.cols()];
    matrix.readRow(row, numbers, 0);
    return numbers;
  }

  private static float[] flat(Batch batch) {
    var numbers = new ArrayList<Float>();
    for (int p = 0; p < PAIRS.size(); p++) {
      for (float x : batch.x().get(p).data()) {
        numbers.add(x);
      }
      for (float y : batch.y().get(p).data()) {
        numbers.add(y);
      }
    }
    float[] flat = new float[numbers.size()];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = numbers.get(i);
    }
    return flat;
  }
}
