package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.DistillRequest;
import ai.hartonomous.distill.DistillRequest.Stamp;
import ai.hartonomous.distill.Distiller;
import ai.hartonomous.distill.InvalidRequestException;
import ai.hartonomous.distill.Outcome;
import ai.hartonomous.distill.ProgressListener.Progress;
import ai.hartonomous.distill.Recipe;
import ai.hartonomous.distill.Teaching;
import ai.hartonomous.distill.compose.Combining;
import ai.hartonomous.distill.compose.CompositeDistiller;
import ai.hartonomous.distill.compose.CompositeOutcome;
import ai.hartonomous.distill.compose.CompositeRequest;
import ai.hartonomous.distill.compose.CompositeRequest.Source;
import ai.hartonomous.distill.pack.Packing;
import ai.hartonomous.distill.pack.Packing.Vocabulary;
import ai.hartonomous.distill.work.WorkFolderException;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hartonomous agent create`: distils an agent from a source model.
@Command(
    name = "create",
    description =
        "Cuts models down to the parts that carry what is asked for, and heals them; several sources"
            + " become experts behind a router.",
    mixinStandardHelpOptions = true)
final class AgentCreateCommand implements Callable<Integer> {
  private static final int FAILED = 1;
  private static final int WRONG_USE = 2;
  private static final int CLEAN_UP_SECONDS = 10;

  @Spec private CommandSpec spec;

  @Option(
      names = "--source",
      required = true,
      paramLabel = "DIR",
      description = "Folder of a source model; may be repeated, up to 10.")
  private List<Path> sources = new ArrayList<>();

  @Mixin private ContractOptions contract;

  @Option(
      names = "--max-components",
      required = true,
      paramLabel = "N",
      description = "Most attention heads and neurons, 100 to 10000.")
  private int maxComponents;

  @Option(
      names = "--threshold",
      paramLabel = "P",
      defaultValue = "0.85",
      description = "Share of the source's figure to keep, 0 to 1 (default: ${DEFAULT-VALUE}).")
  private double threshold;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder of the agent; must not exist.")
  private Path out = Path.of("");

  @Option(
      names = "--gguf",
      paramLabel = "LIST",
      defaultValue = "q8_0",
      description =
          "GGUF files to pack: f32, f16, q8_0, q4_0, with commas between; or none (default:"
              + " ${DEFAULT-VALUE}).")
  private String gguf = "";

  @Option(
      names = "--combine",
      paramLabel = "HOW",
      description =
          "How the experts of several sources answer: route, the router chooses one; mix, all"
              + " together, weighted by the router, for sources with the same tokenizer; or auto,"
              + " whichever answers more validation items (default: route).")
  private @Nullable String combine;

  @Option(
      names = "--cut-tokens",
      description = "Leaves out tokens that the suite's calibration items never use.")
  private boolean cutTokens;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Source of every choice (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads; part of what decides the bytes (default: all processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Mixin private HealingOptions healing = new HealingOptions();

  @Option(
      names = "--fresh",
      description = "Starts over instead of going on with what an earlier run left.")
  private boolean fresh;

  @Option(names = "--json", description = "Prints a JSON object.")
  private boolean asJson;

  @Override
  public Integer call() {
    Work work = sources.size() == 1 ? one() : several();
    PrintWriter err = spec.commandLine().getErr();
    Thread worker = Thread.currentThread();
    var done = new CountDownLatch(1);
    Thread cancel = new Thread(() -> stop(worker, done), "cancel");
    Runtime.getRuntime().addShutdownHook(cancel);
    try {
      return work.run(err);
    } catch (InvalidRequestException e) {
      err.println(e.getMessage());
      return WRONG_USE;
    } catch (WorkFolderException e) {
      err.println(e.getMessage() + "; --fresh starts over");
      return WRONG_USE;
    } catch (IOException e) {
      err.println("failed: " + e.getMessage() + resumable());
      return FAILED;
    } catch (InterruptedException e) {
      err.println("cancelled while " + e.getMessage() + resumable());
      return FAILED;
    } finally {
      done.countDown();
      release(cancel);
    }
  }

  /// {@return how to go on, where something was left to go on with}
  private String resumable() {
    Path work = Distiller.workFolder(out);
    return Files.exists(work)
        ? "; what is done is kept in %s: the same command goes on, --fresh starts over"
            .formatted(work)
        : "";
  }

  /// What is to be done once the options are checked.
  @FunctionalInterface
  private interface Work {

    /// {@return the exit code}
    int run(PrintWriter err) throws IOException, InterruptedException;
  }

  private Work one() {
    if (combine != null) {
      throw new ParameterException(spec.commandLine(), "--combine needs several sources.");
    }
    DistillRequest request = request();
    Recipe recipe = recipe();
    return err -> answer(request, distill(request, recipe, err));
  }

  private Work several() {
    CompositeRequest request = compositeRequest();
    Recipe recipe = recipe();
    if (!healing.teaching().equals(Teaching.SOURCE)) {
      throw new ParameterException(spec.commandLine(), "--teacher and --coders need one source.");
    }
    if (cutTokens) {
      throw new ParameterException(
          spec.commandLine(), "--cut-tokens needs one source and one suite.");
    }
    return err -> answer(compose(request, recipe, err));
  }

  private CompositeOutcome compose(CompositeRequest request, Recipe recipe, PrintWriter err)
      throws IOException, InterruptedException {
    if (fresh) {
      CompositeDistiller.discard(Distiller.workFolder(out));
    }
    try (Kernels kernels = Kernels.of(threads);
        var progress = new ProgressLine<Progress>(err, AgentCreateCommand::line)) {
      return new CompositeDistiller(kernels, recipe).distill(request, progress::show);
    }
  }

  private Outcome distill(DistillRequest request, Recipe recipe, PrintWriter err)
      throws IOException, InterruptedException {
    if (fresh) {
      CompositeDistiller.discard(Distiller.workFolder(out));
    }
    try (Kernels kernels = Kernels.of(threads);
        var progress = new ProgressLine<Progress>(err, AgentCreateCommand::line)) {
      return new Distiller(kernels, recipe, healing.teaching()).distill(request, progress::show);
    }
  }

  /// On Ctrl-C the process ends only after the work has cleaned up behind itself.
  private static void stop(Thread worker, CountDownLatch done) {
    worker.interrupt();
    try {
      boolean inTime = done.await(CLEAN_UP_SECONDS, TimeUnit.SECONDS);
      if (!inTime) {
        worker.interrupt(); // a last reminder; the process ends now
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void release(Thread cancel) {
    try {
      Runtime.getRuntime().removeShutdownHook(cancel);
    } catch (IllegalStateException _) {
      return; // the process is ending already, by that very hook
    }
  }

  private DistillRequest request() {
    requireThreads();
    try {
      return new DistillRequest(
              sources.getFirst(),
              contract.suites(),
              maxComponents,
              threshold,
              seed,
              stamp(),
              packing(),
              out)
          .withTargets(contract.costs());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private CompositeRequest compositeRequest() {
    requireThreads();
    try {
      CompositeRequest.Suites files = contract.suitesOfSeveralSources();
      List<Source> named = sources.stream().map(AgentCreateCommand::named).toList();
      return new CompositeRequest(
              named, files, maxComponents, threshold, seed, stamp(), packing(), out)
          .withCombining(combine == null ? Combining.ROUTE : Combining.parse(combine));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private Packing packing() {
    return Packing.parse(gguf).withVocabulary(cutTokens ? Vocabulary.USED : Vocabulary.WHOLE);
  }

  private Recipe recipe() {
    try {
      return healing.recipe();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private static Source named(Path folder) {
    Path name = folder.toAbsolutePath().normalize().getFileName();
    return new Source(name == null ? "source" : name.toString(), folder);
  }

  private void requireThreads() {
    if (threads < 1) {
      throw new ParameterException(spec.commandLine(), "--threads must be at least 1.");
    }
  }

  private Stamp stamp() {
    String version = String.join(" ", spec.root().version());
    return new Stamp(version, Instant.now().truncatedTo(ChronoUnit.SECONDS));
  }

  private int answer(DistillRequest request, Outcome outcome) throws InterruptedException {
    PrintWriter printer = spec.commandLine().getOut();
    var report = new AgentReport(outcome, AgentReport.Memory.of(request.source(), outcome));
    printer.print(asJson ? report.json() : report.text());
    printer.flush();
    return switch (outcome) {
      case Outcome.Made _ -> 0;
      case Outcome.ThresholdNotMet(_, String reason) -> {
        spec.commandLine().getErr().println(reason);
        yield FAILED;
      }
    };
  }

  private int answer(CompositeOutcome outcome) {
    PrintWriter printer = spec.commandLine().getOut();
    printer.print(asJson ? CompositeText.json(outcome) : CompositeText.text(outcome));
    printer.flush();
    return switch (outcome) {
      case CompositeOutcome.Made _ -> 0;
      case CompositeOutcome.ThresholdNotMet(_, String reason) -> {
        spec.commandLine().getErr().println(reason);
        yield FAILED;
      }
    };
  }

  private static String line(Progress progress) {
    return "%3.0f %%  %s".formatted(100 * progress.fraction(), progress.message());
  }
}
