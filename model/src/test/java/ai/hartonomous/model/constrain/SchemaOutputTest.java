package ai.hartonomous.model.constrain;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.SharedData;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.generate.BatchGenerator;
import ai.hartonomous.model.generate.Generation;
import ai.hartonomous.model.generate.Generation.FinishReason;
import ai.hartonomous.model.generate.GenerationRequest;
import ai.hartonomous.model.generate.Generator.Listener;
import ai.hartonomous.model.generate.Sampling;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.tokenizer.Tokenizers;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.tensor.Kernels;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whatever a real model writes under a schema parses, and an independent validator takes it.
class SchemaOutputTest {

  private static final SchemaRegistry VALIDATOR =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  @ParameterizedTest(name = "{0}, seeds from {1}")
  @CsvSource({"model-stories260k, 0", "model-gpt2-shakespeare, 5000"})
  void twelveRandomSchemasAreKept(String checkpoint, long seed) throws Exception {
    keeps(checkpoint, seed, 12);
  }

  @Tag("slow")
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"model-stories260k", "model-gpt2-shakespeare", "model-neox-sherlock"})
  void thousandRandomSchemasAreKept(String checkpoint) throws Exception {
    keeps(checkpoint, 10_000, 1_000);
  }

  private record Written(
      JsonNode schema, int most, CompletableFuture<Generation> answer, long seed) {}

  private static void keeps(String checkpoint, long firstSeed, int count) throws Exception {
    var folder = SharedData.folder(checkpoint);
    Tokenizer tokenizer = Tokenizers.open(folder);
    try (Checkpoint opened = Checkpoints.open(folder);
        Kernels kernels = Kernels.of(1);
        var generator =
            new BatchGenerator(kernels, new BatchGenerator.Limits(8, count, count, 1L << 28))) {
      Model model = opened.load();
      Set<Integer> ends = GenerationRequest.endIds(tokenizer);
      var vocabulary = new Vocabulary(tokenizer, model.config().extents().outputs(), ends);
      int[] prompt = tokenizer.encodePrompt("Once upon a time");
      int context = model.config().extents().positions() - prompt.length;
      List<Written> all = new ArrayList<>();
      for (long seed = firstSeed; all.size() < count; seed++) {
        JsonNode schema = RandomSchemas.of(seed);
        Grammar grammar = Grammar.of(new Rule.Json(schema), vocabulary);
        int enough = grammar.enoughTokens();
        if (enough > context) {
          continue; // the model is too short for this one
        }
        int most = Math.min(context, enough + (int) (seed % 60));
        Sampling sampling =
            new Sampling(seed % 3 * 0.8, 0, seed % 2 == 0 ? 1 : 0.9, 0, seed).withGrammar(grammar);
        var request = new GenerationRequest(prompt, sampling, most, List.of(), ends);
        var answer = generator.submit("all", model, tokenizer, request, Listener.NONE);
        all.add(new Written(schema, most, answer, seed));
      }
      for (Written written : all) {
        check(written);
      }
    }
  }

  private static void check(Written written) throws Exception {
    Generation answer = written.answer().get();
    String about = "seed %d: %s%n%s".formatted(written.seed(), written.schema(), answer.text());
    assertThat(answer.reason()).as(about).isEqualTo(FinishReason.STOP);
    assertThat(answer.ids().length).as(about).isLessThanOrEqualTo(written.most());
    JsonNode document = JsonMapper.shared().readTree(answer.text());
    assertThat(VALIDATOR.getSchema(written.schema()).validate(document)).as(about).isEmpty();
  }
}
