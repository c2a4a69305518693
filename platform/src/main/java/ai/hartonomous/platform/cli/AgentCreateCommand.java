package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.DistillRequest;
import ai.hartonomous.distill.DistillRequest.Stamp;
import ai.hartonomous.distill.DistillRequest.Suites;
import ai.hartonomous.distill.Distiller;
import ai.hartonomous.distill.InvalidRequestException;
import ai.hartonomous.distill.Outcome;
import ai.hartonomous.distill.ProgressListener.Progress;
import ai.hartonomous.distill.Recipe;
import ai.hartonomous.distill.pack.Packing;
import ai.hartonomous.distill.work.WorkFolder;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hartonomous agent create`: distils an agent from a source model.
@Command(
    name = "create",
    description = "Cuts a model down to the part that carries one capability, and heals it.",
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
      description = "Folder of the source model.")
  private Path source = Path.of("");

  @Option(
      names = "--suite",
      required = true,
      paramLabel = "FILE",
      description = "What the agent must keep, as JSON lines.")
  private Path suite = Path.of("");

  @Option(
      names = "--other",
      paramLabel = "FILE",
      description = "A suite to measure besides; may be repeated.")
  private List<Path> others = new ArrayList<>();

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
      description =
          "Share of the source's exact match to keep, 0 to 1 (default: ${DEFAULT-VALUE}).")
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
    DistillRequest request = request();
    Recipe recipe = recipe();
    PrintWriter err = spec.commandLine().getErr();
    Thread worker = Thread.currentThread();
    var done = new CountDownLatch(1);
    Thread cancel = new Thread(() -> stop(worker, done), "cancel");
    Runtime.getRuntime().addShutdownHook(cancel);
    try {
      return answer(distill(request, recipe, err));
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

  private Outcome distill(DistillRequest request, Recipe recipe, PrintWriter err)
      throws IOException, InterruptedException {
    if (fresh) {
      WorkFolder.delete(Distiller.workFolder(out));
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
    if (threads < 1) {
      throw new ParameterException(spec.commandLine(), "--threads must be at least 1.");
    }
    try {
      String version = String.join(" ", spec.root().version());
      Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      return new DistillRequest(
          source,
          new Suites(suite, others),
          maxComponents,
          threshold,
          seed,
          new Stamp(version, now),
          Packing.parse(gguf),
          out);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private Recipe recipe() {
    try {
      return healing.recipe();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private int answer(Outcome outcome) {
    PrintWriter printer = spec.commandLine().getOut();
    printer.print(asJson ? AgentReport.json(outcome) : AgentReport.text(outcome));
    printer.flush();
    return switch (outcome) {
      case Outcome.Made _ -> 0;
      case Outcome.ThresholdNotMet(_, String reason) -> {
        spec.commandLine().getErr().println(reason);
        yield FAILED;
      }
    };
  }

  private static String line(Progress progress) {
    return "%3.0f %%  %s".formatted(100 * progress.fraction(), progress.message());
  }
}
