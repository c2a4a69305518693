package ai.hartonomous.distill.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.distill.prune.Keep;
import ai.hartonomous.distill.prune.VocabularyCut;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.tokenizer.Tokenizers;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Weights.Parameter;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AgentFolderTest {
  private static final Packing ALL =
      new Packing(List.of(Dtype.F32, Dtype.F16, Dtype.Q8_0, Dtype.Q4_0));

  @TempDir private Path folder;
  private Path tokenizer;

  @BeforeEach
  void writeTokenizer() throws IOException {
    tokenizer = Files.createDirectory(folder.resolve("tokenizer"));
    Files.writeString(tokenizer.resolve("vocab.json"), "{\"tokens\": [" + words() + "]}");
  }

  private static String words() {
    return String.join(",", IntStream.range(0, 17).mapToObj(i -> "\"w" + i + "\"").toList());
  }

  static Stream<Tiny.Named> models() {
    return Tiny.all(6).stream().filter(named -> !named.name().startsWith("toy"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void allCheckpointsHoldTheSameModel(Tiny.Named named) throws IOException {
    try (AgentFolder agent = AgentFolder.begin(folder.resolve("agent"))) {
      agent.writeModel(named.model(), tokenizer, ALL);

      Model main = load(agent.folder());
      boolean ragged = named.name().endsWith("-ragged");
      assertThat(agent.packed()).hasSize(ragged ? 6 : 5);
      var check = new Comparison("checkpoints", 0);
      for (Packed packed : agent.packed()) {
        Model other = load(agent.folder().resolve(packed.path()));
        SameNumbers.compare(check, packed.path(), packed.dtype(), other, main);
        if (packed.dtype() == Dtype.F32 || packed.path().equals(Packed.RAGGED)) {
          assertSameLogits(other, main);
        }
      }
      assertThat(check.check().differences()).isEmpty();
    }
    assertThat(folder.resolve("agent")).doesNotExist();
  }

  @Test
  void aNumberBeyondItsRoundingIsFound() throws IOException {
    Model model = Tiny.llama(6);
    Model other = Tiny.llama(6);
    Parameter changed = other.weights().parameters().get(3);
    changed.data()[5] = Math.nextUp(changed.data()[5]);

    var exact = new Comparison("f32", 0);
    SameNumbers.compare(exact, "f32", Dtype.F32, other, model);
    var coarse = new Comparison("q8", 0);
    SameNumbers.compare(coarse, "q8", Dtype.Q8_0, other, model);
    changed.data()[5] += 1;
    var gone = new Comparison("q4", 0);
    SameNumbers.compare(gone, "q4", Dtype.Q4_0, other, model);

    assertThat(exact.check().differences()).hasSize(1);
    assertThat(coarse.check().differences()).isEmpty();
    assertThat(gone.check().differences()).hasSize(1);
  }

  @Test
  void whatGgufCannotSayIsNamed() throws IOException {
    try (AgentFolder agent = AgentFolder.begin(folder.resolve("agent"))) {
      agent.writeModel(Tiny.llama(6), tokenizer, Packing.USUAL);

      assertThat(agent.packed().getLast().path()).isEqualTo("gguf/model-q8_0.gguf");
      assertThat(agent.packed().getLast().note())
          .startsWith("without a tokenizer: ")
          .doesNotContain(folder.toString());
      assertThat(agent.folder().resolve("generation_config.json"))
          .content()
          .contains("\"do_sample\": false");
    }
  }

  @Test
  void fewerTokensInEveryFile() throws IOException {
    Path clerk =
        Path.of(System.getProperty("repository.root", "..")).resolve("samples/models/clerk");
    Tokenizer whole = Tokenizers.open(clerk);
    String text = "SQL: prices of orders in Geneva =>";
    BitSet used = new BitSet();
    IntStream.of(whole.encode(text)).forEach(used::set);
    VocabularyCut cut = VocabularyCut.plan(clerk, used);
    try (AgentFolder agent = AgentFolder.begin(folder.resolve("agent"))) {
      agent.writeModel(load(clerk), cut, Packing.USUAL);

      assertThat(agent.packed().getLast().note()).isNull();
      for (Packed packed : agent.packed()) {
        try (Checkpoint checkpoint = Checkpoints.open(agent.folder().resolve(packed.path()))) {
          Tokenizer tokenizer = checkpoint.tokenizer();
          assertThat(checkpoint.config().extents().vocabulary()).isEqualTo(cut.kept().length);
          assertThat(tokenizer.vocabularySize()).isEqualTo(cut.kept().length);
          assertThat(tokenizer.encode(text))
              .isEqualTo(IntStream.of(whole.encode(text)).map(cut::newId).toArray());
          assertThat(tokenizer.endId()).hasValue(cut.newId(whole.endId().orElseThrow()));
        }
      }
      KeptWeights.Part part =
          new KeptWeights(
                  load(clerk).config(),
                  Keep.all(load(clerk).config()),
                  load(clerk).config(),
                  cut.kept())
              .of("tokens");
      assertThat(part.rows()).isEqualTo(cut.kept());
    }
  }

  private static void assertSameLogits(Model a, Model b) {
    float[] found = logits(a);
    float[] expected = logits(b);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isCloseTo(expected[i], within(1e-5f));
    }
  }

  private static float[] logits(Model model) {
    try (Kernels kernels = Kernels.of(1)) {
      var transformer = new Transformer(model, kernels);
      Trace trace = transformer.trace(Trace.Keep.INFERENCE);
      Matrix logits = transformer.forward(Batch.of(1, 3, 2, 0, 4, 4, 1), trace, Hooks.NONE);
      float[] out = new float[logits.rows() * logits.cols()];
      for (int r = 0; r < logits.rows(); r++) {
        logits.readRow(r, out, r * logits.cols());
      }
      return out;
    }
  }

  private static Model load(Path path) throws IOException {
    try (Checkpoint checkpoint = Checkpoints.open(path)) {
      return checkpoint.load();
    }
  }
}
