package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.compose.Combining;
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
import ai.hartonomous.model.generate.Voice;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.tokenizer.Tokenizers;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
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
    description =
        "Lets an agent answer a prompt, and says which of its experts did, or how much each counted.",
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
      description = "Says what in the prompt decided which expert answers, or counts most.")
  private boolean explain;

  @Option(names = "--json", description = "Prints a JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (maxTokens < 1) {
      throw new ParameterException(spec.commandLine(), "--max-tokens must be at least 1.");
    }
    CompositeAgent agent = CompositeAgent.isIn(folder) ? CompositeAgent.open(folder) : null;
    Generation answer = answer(agent);
    PrintWriter out = spec.commandLine().getOut();
    out.print(asJson ? json(answer, agent) : text(answer, agent));
    out.flush();
    return 0;
  }

  private Generation answer(@Nullable CompositeAgent agent)
      throws IOException, InterruptedException {
    try (Kernels kernels = ModelSource.kernels()) {
      Voice voice = agent == null ? voice(folder) : voice(agent);
      var request =
          GenerationRequest.of(voice.tokenizer(), prompt, Sampling.GREEDY, maxTokens)
              .withStops(List.of("\n"));
      return new Generator(voice, kernels).generate(request, Generator.Listener.NONE);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--prompt: " + e.getMessage());
    }
  }

  private static Voice voice(Path model) throws IOException {
    try (Checkpoint checkpoint = Checkpoints.open(model)) {
      return Voice.of(checkpoint.load(), Tokenizers.open(checkpoint.tokenizerSource()));
    }
  }

  /// The expert that the router chooses, or all of them.
  private Voice voice(CompositeAgent agent) throws IOException {
    if (agent.combining() != Combining.MIX) {
      return voice(agent.experts().get(agent.router().choose(prompt).expert()));
    }
    List<Model> models = new ArrayList<>();
    List<Tokenizer> tokenizers = new ArrayList<>();
    for (Path expert : agent.experts()) {
      Voice one = voice(expert);
      models.addAll(one.models());
      tokenizers.add(one.tokenizer());
    }
    agent.requireMixable(models, tokenizers);
    return new Voice(models, agent.router().probabilities(prompt), tokenizers.getFirst());
  }

  private String text(Generation answer, @Nullable CompositeAgent agent) {
    var text = new StringBuilder(answer.text().strip()).append('\n');
    if (agent == null) {
      return text.toString();
    }
    Router router = agent.router();
    if (agent.combining() == Combining.MIX) {
      double[] weights = router.probabilities(prompt);
      for (int k = 0; k < weights.length; k++) {
        text.append(
            String.format(Locale.ROOT, "%s, weight %.3f%n", router.experts().get(k), weights[k]));
      }
    } else {
      Choice choice = router.choose(prompt);
      String how = choice.known() ? "" : ", the fallback: the router does not know such prompts";
      text.append(
          String.format(
              Locale.ROOT, "%s, confidence %.3f%s%n", choice.name(), choice.confidence(), how));
    }
    if (explain) {
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

  private String json(Generation answer, @Nullable CompositeAgent agent) {
    ObjectNode json = new JsonMapper().createObjectNode();
    json.put("text", answer.text());
    json.put("finish_reason", answer.reason().label());
    if (agent == null) {
      return json + "\n";
    }
    Router router = agent.router();
    Choice choice = router.choose(prompt);
    if (agent.combining() == Combining.MIX) {
      ObjectNode weights = json.putObject("weights");
      double[] all = router.probabilities(prompt);
      for (int k = 0; k < all.length; k++) {
        weights.put(router.experts().get(k), all[k]);
      }
    } else {
      json.put("expert", choice.name());
    }
    json.put("confidence", choice.confidence()).put("known", choice.known());
    if (explain) {
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
