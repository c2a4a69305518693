package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.compose.CompositeAgent;
import ai.hartonomous.distill.route.Router;
import ai.hartonomous.distill.route.Router.Choice;
import ai.hartonomous.distill.route.Router.Explanation;
import ai.hartonomous.distill.route.Router.Reason;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.generate.Generation;
import ai.hartonomous.model.generate.GenerationRequest;
import ai.hartonomous.model.generate.Generator;
import ai.hartonomous.model.generate.Sampling;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.tokenizer.Tokenizers;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous agent ask`: lets an agent answer one prompt.
@Command(
    name = "ask",
    description = "Lets an agent answer a prompt, and says which of its experts did.",
    mixinStandardHelpOptions = true)
final class AgentAskCommand implements Callable<Integer> {
  private static final int REASONS = 8;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Folder of the agent.")
  private Path folder = Path.of("");

  @Option(names = "--prompt", required = true, paramLabel = "TEXT", description = "The prompt.")
  private String prompt = "";

  @Option(
      names = "--max-tokens",
      defaultValue = "128",
      paramLabel = "N",
      description = "Most new tokens (default: ${DEFAULT-VALUE}).")
  private int maxTokens;

  @Option(
      names = "--explain",
      description = "Says what in the prompt decided which expert answers.")
  private boolean explain;

  @Option(names = "--json", description = "Prints a JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (maxTokens < 1) {
      throw new ParameterException(spec.commandLine(), "--max-tokens must be at least 1.");
    }
    Router router = null;
    Choice choice = null;
    Path model = folder;
    if (CompositeAgent.isIn(folder)) {
      CompositeAgent agent = CompositeAgent.open(folder);
      router = agent.router();
      choice = router.choose(prompt);
      model = agent.experts().get(choice.expert());
    }
    Generation answer = answer(model);
    PrintWriter out = spec.commandLine().getOut();
    out.print(asJson ? json(answer, choice, router) : text(answer, choice, router));
    out.flush();
    return 0;
  }

  private Generation answer(Path model) throws IOException, InterruptedException {
    try (Checkpoint checkpoint = Checkpoints.open(model);
        Kernels kernels = ModelSource.kernels()) {
      Tokenizer tokenizer = Tokenizers.open(checkpoint.tokenizerSource());
      var request =
          GenerationRequest.of(tokenizer, prompt, Sampling.GREEDY, maxTokens)
              .withStops(List.of("\n"));
      return new Generator(new Transformer(checkpoint.load(), kernels), tokenizer)
          .generate(request, Generator.Listener.NONE);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--prompt: " + e.getMessage());
    }
  }

  private String text(Generation answer, @Nullable Choice choice, @Nullable Router router) {
    var text = new StringBuilder(answer.text().strip()).append('\n');
    if (choice != null) {
      String how = choice.known() ? "" : ", the fallback: the router does not know such prompts";
      text.append(
          String.format(
              Locale.ROOT, "%s, confidence %.3f%s%n", choice.name(), choice.confidence(), how));
    }
    if (router != null && explain) {
      Explanation why = router.explain(prompt, REASONS);
      text.append(
          String.format(
              Locale.ROOT,
              "%s before %s, logarithm of the odds %.3f; the strongest features:%n",
              why.likeliest(),
              why.second(),
              why.logOdds()));
      for (Reason reason : why.reasons()) {
        text.append(String.format(Locale.ROOT, "  %+.3f  %s%n", reason.weight(), reason.feature()));
      }
    }
    return text.toString();
  }

  private String json(Generation answer, @Nullable Choice choice, @Nullable Router router) {
    ObjectNode json = new JsonMapper().createObjectNode();
    json.put("text", answer.text());
    json.put("finish_reason", answer.reason().label());
    if (choice != null) {
      json.put("expert", choice.name()).put("confidence", choice.confidence());
      json.put("known", choice.known());
    }
    if (router != null && explain) {
      Explanation why = router.explain(prompt, REASONS);
      ObjectNode entry = json.putObject("why");
      entry.put("likeliest", why.likeliest()).put("second", why.second());
      entry.put("log_odds", why.logOdds());
      ArrayNode reasons = entry.putArray("reasons");
      for (Reason reason : why.reasons()) {
        reasons.addObject().put("feature", reason.feature()).put("weight", reason.weight());
      }
    }
    return json + "\n";
  }
}
