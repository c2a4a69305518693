package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.DistillRequest.Suites;
import ai.hartonomous.distill.DistillRequest.Target;
import ai.hartonomous.distill.Targets;
import ai.hartonomous.distill.compose.CompositeRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What an agent must keep, and what is measured besides.
final class ContractOptions {

  @Option(
      names = "--suite",
      required = true,
      paramLabel = "FILE[=FLOOR]",
      description =
          "What the agent must keep, as JSON lines, and the share of the source's figure to keep"
              + " where it is another one than --threshold; may be repeated.")
  private List<String> suites = new ArrayList<>();

  @Option(
      names = "--other",
      paramLabel = "FILE",
      description = "A suite to measure besides; may be repeated.")
  private List<Path> others = new ArrayList<>();

  @Option(
      names = "--max-parameters",
      paramLabel = "N",
      description = "Most trainable numbers of the agent (default: any).")
  private @Nullable Long parameters;

  @Option(
      names = "--max-bytes",
      paramLabel = "N",
      description = "Most bytes of these numbers in BF16, without padding (default: any).")
  private @Nullable Long bytes;

  @Option(
      names = "--min-speed",
      paramLabel = "R",
      description = "Fewest tokens decoded in a second on this machine (default: any).")
  private @Nullable Double speed;

  /// {@return what the agent may cost}
  ///
  /// @throws IllegalArgumentException if a number is not above 0
  Targets costs() {
    return new Targets(parameters, bytes, speed);
  }

  /// {@return the suites}
  ///
  /// @throws IllegalArgumentException if a floor is out of range
  Suites suites() {
    return new Suites(suites.stream().map(ContractOptions::target).toList(), others);
  }

  /// {@return the suites of a request with several sources}
  ///
  /// @throws IllegalArgumentException if a floor is out of range, or a cost is asked for
  CompositeRequest.Suites suitesOfSeveralSources() {
    List<Path> targets = new ArrayList<>();
    Map<Path, Double> floors = new HashMap<>();
    for (Target target : suites().targets()) {
      targets.add(target.file());
      Double floor = target.floor();
      if (floor != null) {
        floors.put(target.file(), floor);
      }
    }
    if (!costs().equals(Targets.NONE)) {
      throw new IllegalArgumentException(
          "--max-parameters, --max-bytes and --min-speed need one source");
    }
    return new CompositeRequest.Suites(targets, others, floors);
  }

  private static Target target(String text) {
    int at = text.lastIndexOf('=');
    if (at > 0 && text.substring(at + 1).matches("[0-9]*\\.?[0-9]+")) {
      return new Target(Path.of(text.substring(0, at)), Double.parseDouble(text.substring(at + 1)));
    }
    return new Target(Path.of(text), null);
  }
}
