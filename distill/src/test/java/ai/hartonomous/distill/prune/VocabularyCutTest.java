package ai.hartonomous.distill.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.tokenizer.Tokenizers;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VocabularyCutTest {
  private static final Path SAMPLES =
      Path.of(System.getProperty("repository.root", "..")).resolve("samples/models");

  @TempDir private Path folder;

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({"clerk, sql, json", "clerk, dates, logs", "reckoner, arithmetic, agreement"})
  void textsOfKeptTokensKeepTheirTokensAndLogits(String name, String domain, String other)
      throws IOException {
    Path source = SAMPLES.resolve(name);
    Tokenizer tokenizer = Tokenizers.open(source);
    List<String> texts = texts(source, domain);

    VocabularyCut cut = VocabularyCut.plan(source, used(tokenizer, texts));
    cut.write(folder);

    Tokenizer smaller = Tokenizers.open(folder);
    assertThat(smaller.vocabularySize()).isLessThan(tokenizer.vocabularySize());
    assertThat(smaller.vocabularySize()).isEqualTo(cut.kept().length);
    for (String text : texts) {
      int[] expected = Arrays.stream(tokenizer.encode(text)).map(cut::newId).toArray();
      assertThat(smaller.encode(text)).as(text).isEqualTo(expected);
    }
    for (String text : texts(source, other)) {
      assertThat(smaller.decode(smaller.encode(text))).isEqualTo(text);
    }
    assertThat(smaller.token(smaller.endId().orElseThrow()))
        .isEqualTo(tokenizer.token(tokenizer.endId().orElseThrow()));
    assertLogits(source, cut, tokenizer.encode(texts.getFirst()));
  }

  private static void assertLogits(Path source, VocabularyCut cut, int[] ids) throws IOException {
    Model model;
    try (Checkpoint checkpoint = Checkpoints.open(source)) {
      model = checkpoint.load();
    }
    Model smaller = VocabularyPruner.prune(model, cut.kept());
    assertThat(smaller.weights().parameterCount()).isLessThan(model.weights().parameterCount());
    Matrix before = logits(model, ids);
    Matrix after = logits(smaller, Arrays.stream(ids).map(cut::newId).toArray());
    for (int r = 0; r < ids.length; r++) {
      for (int c = 0; c < cut.kept().length; c++) {
        // The same products, perhaps added in another order.
        assertThat(after.at(r, c)).isCloseTo(before.at(r, cut.kept()[c]), within(1e-5f));
      }
    }
  }

  @Test
  void keepsWhateverIsJoinedIntoAKeptToken() throws IOException {
    Path source = SAMPLES.resolve("clerk");
    Tokenizer tokenizer = Tokenizers.open(source);
    int[] select = tokenizer.encode("SELECT");
    BitSet used = new BitSet();
    Arrays.stream(select).forEach(used::set);

    VocabularyCut cut = VocabularyCut.plan(source, used);
    cut.write(folder);

    Tokenizer smaller = Tokenizers.open(folder);
    assertThat(smaller.encode("SELECT")).hasSize(select.length);
    assertThat(smaller.decode(smaller.encode("äß→ \u0000"))).isEqualTo("äß→ \u0000");
    assertThat(cut.kept().length).isBetween(257, 300);
    assertThat(cut.newId(tokenizer.encode(" price")[0])).isEqualTo(-1);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "'{\"model\":{\"type\":\"Unigram\",\"vocab\":[]}}', model.type",
    "'{\"model\":{\"type\":\"WordPiece\",\"vocab\":{}}}', model.type",
    "'{\"model\":{\"type\":\"BPE\",\"dropout\":0.1,\"vocab\":{},\"merges\":[]}}', model.dropout",
    "'[]', start",
    "'{', start"
  })
  void refusesWhatItCannotRewriteSafely(String json, String place) throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), json);

    assertThatThrownBy(() -> VocabularyCut.plan(folder, new BitSet()))
        .isInstanceOfSatisfying(
            UnsafeVocabularyException.class, e -> assertThat(e.place()).isEqualTo(place));
  }

  @Test
  void refusesAFolderWithoutTokenizerJson() {
    assertThatThrownBy(() -> VocabularyCut.plan(folder, new BitSet()))
        .isInstanceOf(UnsafeVocabularyException.class)
        .hasMessageContaining("tokenizer.json");
  }

  private static List<String> texts(Path source, String suite) throws IOException {
    CapabilitySuite read = CapabilitySuite.read(source.resolve("suites/" + suite + ".jsonl"));
    return read.items().stream()
        .limit(60)
        .map((CapabilityItem item) -> item.prompt() + item.answer())
        .toList();
  }

  private static BitSet used(Tokenizer tokenizer, List<String> texts) {
    BitSet used = new BitSet();
    texts.forEach(text -> Arrays.stream(tokenizer.encode(text)).forEach(used::set));
    return used;
  }

  private static Matrix logits(Model model, int[] ids) {
    try (Kernels kernels = Kernels.of(1)) {
      var transformer = new Transformer(model, kernels);
      Trace trace = transformer.trace(Trace.Keep.INFERENCE);
      Matrix logits = transformer.forward(Batch.of(ids), trace, Hooks.NONE);
      Matrix copy = Matrix.zeros(logits.rows(), logits.cols());
      for (int r = 0; r < logits.rows(); r++) {
        logits.readRow(r, copy.data(), r * logits.cols());
      }
      return copy;
    }
  }
}
