package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.capability.Score;
import ai.hartonomous.samples.SampleModel;
import ai.hartonomous.samples.train.Recipe;
import ai.hartonomous.samples.train.SampleTrainer;
import ai.hartonomous.samples.train.SampleTrainer.Start;
import ai.hartonomous.samples.train.TrainingListener;
import ai.hartonomous.samples.train.TrainingResult;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
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

/// `hartonomous samples train`: trains a sample model and writes its folder.
@Command(
    name = "train",
    description = "Trains a sample model from nothing and writes it with its card and suites.",
    mixinStandardHelpOptions = true)
final class SamplesTrainCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "clerk or reckoner.")
  private String model = "";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder to write; the state of the run stands beside it in DIR.run.")
  private Path out = Path.of("");

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Source of weights and exercises (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "6000",
      description = "Most steps (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "32",
      description = "Exercises in a step (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "2",
      description = "Threads; part of what decides the bytes (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--rate",
      paramLabel = "R",
      defaultValue = "0.002",
      description = "Largest learning rate (default: ${DEFAULT-VALUE}).")
  private float rate;

  @Option(
      names = "--target",
      paramLabel = "P",
      defaultValue = "2",
      description =
          "Ends early at this exact match of every skill; never above 1 (default:"
              + " ${DEFAULT-VALUE}).")
  private double target;

  @Option(names = "--resume", description = "Continues the run in DIR.run with the same options.")
  private boolean resume;

  @Option(names = "--json", description = "Prints a JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Recipe recipe = recipe();
    var trainer = new SampleTrainer(sample(), recipe, out, new Progress(recipe.steps()));
    TrainingResult result = trainer.train(resume ? Start.RESUMED : Start.FRESH);
    PrintWriter printer = spec.commandLine().getOut();
    if (asJson) {
      printer.println(json(result));
      return 0;
    }
    printer.printf(
        Locale.ROOT,
        "%s: %d steps, %d tokens, %.0f tokens/s, written to %s%n",
        model,
        result.steps(),
        result.tokens(),
        result.rateTokensPerSecond(),
        out);
    for (Score score : result.scores()) {
      printer.printf(
          Locale.ROOT,
          "  %-12s %.4f exact on %d held-out items%n",
          score.capability(),
          score.exactMatch(),
          score.items());
    }
    return 0;
  }

  private Recipe recipe() {
    try {
      return new Recipe(seed, steps, batch, threads, rate, target);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private SampleModel sample() {
    return Arrays.stream(SampleModel.values())
        .filter(sample -> sample.label().equals(model))
        .findFirst()
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(), "MODEL is clerk or reckoner, not " + model + "."));
  }

  private ObjectNode json(TrainingResult result) {
    ObjectNode root = JsonMapper.builder().build().createObjectNode();
    root.put("model", model).put("folder", out.toString()).put("seed", seed);
    root.put("steps", result.steps()).put("tokens", result.tokens());
    root.put("seconds", result.time().toMillis() / 1e3);
    root.put("tokens_per_second", result.rateTokensPerSecond());
    ArrayNode scores = root.putArray("scores");
    for (Score score : result.scores()) {
      ObjectNode one = scores.addObject();
      one.put("capability", score.capability()).put("items", score.items());
      one.put("exact_match", score.exactMatch()).put("standard_error", score.standardError());
    }
    return root;
  }

  /// One line on a terminal's standard error, rewritten as training goes on.
  private final class Progress implements TrainingListener {
    private final int steps;
    private final boolean shown;
    private final long began = System.nanoTime();
    private int firstStep = -1;
    private long firstTokens;

    Progress(int steps) {
      this.steps = steps;
      Console console = console();
      shown = console != null && console.isTerminal();
    }

    @SuppressWarnings("SystemConsoleNull") // documented as nullable; NullAway holds us to it
    private static @Nullable Console console() {
      return System.console();
    }

    @Override
    public void stepped(int step, long tokens, double loss) {
      double seconds = (System.nanoTime() - began) / 1e9;
      if (firstStep < 0) {
        firstStep = step;
        firstTokens = tokens;
      }
      if (!shown || step == firstStep) {
        return;
      }
      long left = Math.round(seconds / (step - firstStep) * (steps - step));
      print(
          "\rstep %d of %d, loss %.4f, %.0f tokens/s, at most %s left   "
              .formatted(
                  step,
                  steps,
                  loss,
                  (tokens - firstTokens) / seconds,
                  Duration.ofSeconds(left).toString().substring(2).toLowerCase(Locale.ROOT)));
    }

    @Override
    public void evaluated(int step, List<Score> scores) {
      if (shown) {
        var text = new StringBuilder("\rstep ").append(step).append(", exact match:");
        for (Score score : scores) {
          text.append(" %s %.3f".formatted(score.capability(), score.exactMatch()));
        }
        print(text.append("        \n").toString());
      }
    }

    private void print(String text) {
      PrintWriter err = spec.commandLine().getErr();
      err.print(text);
      err.flush();
    }
  }
}
