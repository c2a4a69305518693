package ai.hartonomous.platform.cli;

import ai.hartonomous.model.checkpoint.ServingFormat;
import ai.hartonomous.model.generate.Generation;
import ai.hartonomous.model.generate.GenerationRequest;
import ai.hartonomous.model.generate.Generator;
import ai.hartonomous.model.generate.PromptTooLongException;
import ai.hartonomous.model.generate.Sampling;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous model generate`: continues a text.
@Command(
    name = "generate",
    description = "Continues a text, token by token.",
    mixinStandardHelpOptions = true)
final class ModelGenerateCommand implements Callable<Integer> {

  @Mixin private ModelSource source;

  @Option(names = "--prompt", required = true, paramLabel = "TEXT", description = "The text.")
  private String prompt = "";

  @Option(
      names = "--max-tokens",
      defaultValue = "128",
      paramLabel = "N",
      description = "Most new tokens (default: ${DEFAULT-VALUE}).")
  private int maxTokens;

  @Option(
      names = "--temperature",
      defaultValue = "0",
      paramLabel = "X",
      description = "0 takes the likeliest token (default); above, larger is more random.")
  private double temperature;

  @Option(
      names = "--top-k",
      defaultValue = "0",
      paramLabel = "N",
      description = "Only that many likeliest tokens; 0 for all (default).")
  private int topK;

  @Option(
      names = "--top-p",
      defaultValue = "1",
      paramLabel = "X",
      description = "Only the likeliest tokens that together reach this probability.")
  private double topP;

  @Option(
      names = "--min-p",
      defaultValue = "0",
      paramLabel = "X",
      description = "Only tokens at least this fraction as likely as the likeliest.")
  private double minP;

  @Option(
      names = "--seed",
      defaultValue = "0",
      paramLabel = "N",
      description = "Decides every random choice (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "Ends before this text; may be given several times.")
  private List<String> stops = List.of();

  @Option(
      names = "--weights",
      defaultValue = "stored",
      paramLabel = "FORMAT",
      description =
          "Matrices in memory: stored (default: the numbers of the file), f32, bf16, q8_0, q4_0.")
  private ServingFormat weights = ServingFormat.STORED;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Tokenizer tokenizer = source.tokenizer();
    GenerationRequest request;
    try {
      var sampling = new Sampling(temperature, topK, topP, minP, seed);
      request = GenerationRequest.of(tokenizer, prompt, sampling, maxTokens).withStops(stops);
    } catch (IllegalArgumentException e) {
      throw source.wrongUse(String.valueOf(e.getMessage()));
    }
    Model model = source.load(weights);
    try (Kernels kernels = ModelSource.kernels()) {
      print(generate(generator(new Transformer(model, kernels), tokenizer), request));
    }
    return 0;
  }

  private Generator generator(Transformer transformer, Tokenizer tokenizer) throws IOException {
    try {
      return new Generator(transformer, tokenizer);
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: %s".formatted(source.path(), e.getMessage()), e);
    }
  }

  private Generation generate(Generator generator, GenerationRequest request)
      throws InterruptedException {
    Generator.Listener listener =
        source.asJson() ? Generator.Listener.NONE : piece -> source.printPart(piece.text());
    try {
      return generator.generate(request, listener);
    } catch (PromptTooLongException e) {
      throw source.wrongUse("--prompt: " + e.getMessage());
    }
  }

  private void print(Generation generation) {
    if (!source.asJson()) {
      source.print("");
      return;
    }
    ObjectNode json = ModelSource.mapper().createObjectNode();
    json.put("text", generation.text());
    ArrayNode ids = json.putArray("ids");
    for (int id : generation.ids()) {
      ids.add(id);
    }
    json.put("finish_reason", generation.reason().label());
    json.put("prompt_tokens", generation.prompt().tokens());
    json.put("completion_tokens", generation.ids().length);
    json.put("prompt_ms", generation.timings().prompt().toNanos() / 1e6);
    json.put("predicted_ms", generation.timings().tokens().toNanos() / 1e6);
    json.put("predicted_per_second", generation.rateTokensPerSecond());
    source.print(json);
  }
}
