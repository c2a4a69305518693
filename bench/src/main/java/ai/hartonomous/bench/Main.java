package ai.hartonomous.bench;

import ai.hartonomous.bench.load.LoadCommand;
import ai.hartonomous.bench.onnx.StepGraph.Format;
import ai.hartonomous.model.checkpoint.ServingFormat;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Runs contests beside peers, then JMH benchmarks of single kernels.
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    subcommands = LoadCommand.class,
    description = "Measures this machine: ours and our peers in turns, then single kernels.")
public final class Main implements Callable<Integer> {
  private static final List<Contest> CONTESTS =
      List.of(
          // First: kernels of few rows that were compiled for other shapes before are a tenth
          // slower.
          new DecodeContest(Language.LLAMA_15M, Format.FLOAT, 1),
          new DecodeContest(Language.LLAMA_15M, Format.BYTE_BLOCKS, 1),
          new DecodeContest(Language.LLAMA_15M, Format.FLOAT, 8),
          new DecodeContest(Language.LLAMA_15M, Format.BYTE_BLOCKS, 8),
          new DecodeContest(Language.GPT2_SMALL, Format.FLOAT, 1),
          new DecodeContest(Language.GPT2_SMALL, Format.BYTE_BLOCKS, 1),
          new DecodeContest(Language.GPT2_SMALL, Format.FLOAT, 8),
          new DecodeContest(Language.GPT2_SMALL, Format.BYTE_BLOCKS, 8),
          new FormatContest(Language.LLAMA_15M, ServingFormat.BF16),
          new FormatContest(Language.LLAMA_15M, ServingFormat.Q8_0),
          new FormatContest(Language.LLAMA_15M, ServingFormat.Q4_0),
          new FormatContest(Language.GPT2_SMALL, ServingFormat.BF16),
          new FormatContest(Language.GPT2_SMALL, ServingFormat.Q8_0),
          new FormatContest(Language.GPT2_SMALL, ServingFormat.Q4_0),
          new BatchContest(Language.LLAMA_15M, Format.FLOAT),
          new BatchContest(Language.LLAMA_15M, Format.BYTE_BLOCKS),
          new BatchContest(Language.GPT2_SMALL, Format.FLOAT),
          new BatchContest(Language.GPT2_SMALL, Format.BYTE_BLOCKS),
          new PromptContest(Language.LLAMA_15M, Format.FLOAT, 1),
          new PromptContest(Language.LLAMA_15M, Format.BYTE_BLOCKS, 1),
          new PromptContest(Language.LLAMA_15M, Format.FLOAT, 8),
          new PromptContest(Language.GPT2_SMALL, Format.FLOAT, 1),
          new PromptContest(Language.GPT2_SMALL, Format.BYTE_BLOCKS, 1),
          new SpecialistContest(SpecialistContest.Source.CLERK, Format.FLOAT),
          new SpecialistContest(SpecialistContest.Source.CLERK, Format.BYTE_BLOCKS),
          new SpecialistContest(SpecialistContest.Source.LLAMA, Format.FLOAT),
          new ProductContest(1024, 1024, 1024),
          new ProductContest(2048, 512, 16384),
          new ProductContest(1024, 768, 3072),
          new ForwardContest(),
          new TrainingContest(),
          new CoderContest());

  private static final int LEAST_ROUNDS = 5;
  private static final int GROWTH_ROUNDS = 3;
  private static final int GROWTH_TOKENS = 8192;

  @Parameters(
      arity = "0..1",
      paramLabel = "PATTERN",
      description = "Part of the names of the contests and kernels to run; all without it.")
  private String pattern = "";

  @Option(names = "--json", description = "One JSON object for each result on standard output.")
  private boolean json;

  @Option(
      names = "--threads",
      split = ",",
      paramLabel = "N",
      description = "Numbers of threads to measure with; default ${DEFAULT-VALUE}.")
  private int[] threads = {1, 2};

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Time for the rounds of one contest; default ${DEFAULT-VALUE}.")
  private int seconds = 20;

  @Option(
      names = "--warm-ups",
      paramLabel = "N",
      description = "Turns of each contender before the first round; default ${DEFAULT-VALUE}.")
  private int warmUps = 4;

  @Option(names = "--list", description = "Print the names and end.")
  private boolean list;

  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  /// Runs the command and ends the JVM with its exit code: 0 done, 1 failed, 2 wrong use.
  ///
  /// @param args command line
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    System.exit(
        new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException, RunnerException {
    List<Contest> chosen = CONTESTS.stream().filter(c -> c.name().contains(pattern)).toList();
    if (list) {
      CONTESTS.forEach(contest -> out.println(contest.name()));
      out.println(Delays.NAME);
      out.println(CaptureGrowth.NAME);
      out.println(KernelBenchmark.class.getSimpleName());
      return 0;
    }
    var report = new Report(out, json);
    report.machine();
    List<Outcome> outcomes = new ArrayList<>();
    for (Contest contest : chosen) {
      for (int count : threads) {
        outcomes.addAll(measure(contest, count, report));
      }
    }
    report.table(outcomes);
    boolean delays = Delays.NAME.contains(pattern);
    for (int count : delays ? threads : new int[0]) {
      new Delays(out, json, Duration.ofSeconds(seconds)).run(count);
    }
    boolean growth = CaptureGrowth.NAME.contains(pattern);
    for (int count : growth ? threads : new int[0]) {
      new CaptureGrowth(out, json, GROWTH_ROUNDS).run(count, GROWTH_TOKENS);
    }
    kernels(chosen, growth || delays);
    return 0;
  }

  private List<Outcome> measure(Contest contest, int count, Report report)
      throws IOException, InterruptedException {
    List<Outcome> outcomes = new ArrayList<>();
    try (Scratch scratch = Scratch.open();
        Contest.Entry entry = contest.open(count, scratch)) {
      entry.absent().forEach(reason -> report.absent(contest, reason));
      var duel = new Duel(warmUps, Duration.ofSeconds(seconds), LEAST_ROUNDS);
      List<Timings> timings = duel.run(entry);
      for (int r = 0; r < entry.rivals().size(); r++) {
        Rival rival = entry.rivals().get(r);
        Outcome outcome = Outcome.of(contest, count, rival, timings.getFirst(), timings.get(r + 1));
        report.outcome(outcome);
        outcomes.add(outcome);
      }
    }
    if (contest.weighsMemory()) {
      report.memory(contest, count, contest.peakMemory(count));
    }
    return outcomes;
  }

  /// JMH writes for people; with `--json` only the contests are reported.
  private void kernels(List<Contest> chosen, boolean growth) throws RunnerException {
    String name = KernelBenchmark.class.getSimpleName();
    boolean named = name.contains(pattern) && !pattern.isEmpty();
    boolean everything = pattern.isEmpty() || (chosen.isEmpty() && !growth);
    if (json || (!named && !everything)) {
      return;
    }
    var options =
        new OptionsBuilder()
            .include(named || pattern.isEmpty() ? name : name + ".*" + pattern)
            .verbosity(VerboseMode.SILENT)
            .build();
    new Report(out, json).kernels(new Runner(options).run());
  }
}
