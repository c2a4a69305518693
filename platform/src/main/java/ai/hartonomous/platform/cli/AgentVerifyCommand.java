package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.compose.CompositeAgent;
import ai.hartonomous.distill.compose.CompositeVerifier;
import ai.hartonomous.distill.pack.PackageVerifier;
import ai.hartonomous.distill.pack.PackageVerifier.Settings;
import ai.hartonomous.distill.pack.Verification;
import ai.hartonomous.distill.pack.Verification.Check;
import ai.hartonomous.distill.pack.Verification.Difference;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous agent verify`: checks an agent's folder against itself, and measures it again.
@Command(
    name = "verify",
    description = "Checks every hash of an agent's folder and measures its figures again.",
    mixinStandardHelpOptions = true)
final class AgentVerifyCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Folder of the agent.")
  private Path folder = Path.of("");

  @Option(
      names = "--sample",
      paramLabel = "N",
      defaultValue = "16",
      description = "Components whose evidence is measured again (default: ${DEFAULT-VALUE}).")
  private int sample;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Decides which components (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--source",
      paramLabel = "DIR",
      description = "Folder of the source model; its figures are then measured too.")
  private @Nullable Path source;

  @Option(
      names = "--tolerance",
      paramLabel = "X",
      defaultValue = "1e-4",
      description =
          "Largest difference of figures a and b, in units of 1 + max(|a|, |b|) (default:"
              + " ${DEFAULT-VALUE}).")
  private double tolerance;

  @Option(names = "--threads", paramLabel = "N", description = "Threads (default: all processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--json", description = "Prints a JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ModelSource.keepLogsQuiet();
    Settings settings = settings();
    PrintWriter err = spec.commandLine().getErr();
    Verification verification;
    try (Kernels kernels = Kernels.of(threads);
        var progress = new ProgressLine<String>(err, Function.identity())) {
      verification =
          CompositeAgent.isIn(folder)
              ? new CompositeVerifier(kernels, settings, progress::show).verify(folder)
              : new PackageVerifier(kernels, settings, progress::show).verify(folder);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(asJson ? json(verification) : text(verification));
    out.flush();
    return verification.holds() ? 0 : 1;
  }

  private Settings settings() {
    if (threads < 1) {
      throw new ParameterException(spec.commandLine(), "--threads must be at least 1.");
    }
    if (source != null && CompositeAgent.isIn(folder)) {
      throw new ParameterException(
          spec.commandLine(),
          "--source: verify the experts one by one; they have sources of their own.");
    }
    try {
      return new Settings(sample, seed, tolerance, Optional.ofNullable(source));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private static String text(Verification verification) {
    var text = new StringBuilder();
    for (Check check : verification.checks()) {
      int count = check.differences().size();
      String verdict = count == 0 ? "equal" : count == 1 ? "1 differs" : count + " differ";
      text.append("%-12s %7d compared, %s%n".formatted(check.name(), check.compared(), verdict));
      for (Difference d : check.differences()) {
        text.append("  %s: stored %s, found %s%n".formatted(d.place(), d.stored(), d.found()));
      }
    }
    text.append(verification.holds() ? "The folder holds.\n" : "The folder does not hold.\n");
    return text.toString();
  }

  private static String json(Verification verification) {
    ObjectNode root = ModelSource.mapper().createObjectNode();
    root.put("verified", verification.holds());
    ArrayNode checks = root.putArray("checks");
    for (Check check : verification.checks()) {
      ObjectNode entry = checks.addObject();
      entry.put("name", check.name()).put("compared", check.compared());
      ArrayNode differences = entry.putArray("differences");
      for (Difference d : check.differences()) {
        differences
            .addObject()
            .put("place", d.place())
            .put("stored", d.stored())
            .put("found", d.found());
      }
    }
    return root + "\n";
  }
}
