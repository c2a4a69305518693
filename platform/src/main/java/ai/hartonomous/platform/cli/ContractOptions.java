package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.DistillRequest.Suites;
import ai.hartonomous.distill.DistillRequest.Target;
import ai.hartonomous.distill.compose.CompositeRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  /// {@return the suites}
  ///
  /// @throws IllegalArgumentException if a floor is out of range
  Suites suites() {
    return new Suites(suites.stream().map(ContractOptions::target).toList(), others);
  }

  /// {@return the suites of a request with several sources}
  ///
  /// @throws IllegalArgumentException if one has a floor of its own
  CompositeRequest.Suites suitesOfSeveralSources() {
    List<Path> targets = new ArrayList<>();
    for (Target target : suites().targets()) {
      if (target.floor() != null) {
        throw new IllegalArgumentException("a floor of a suite's own needs one source");
      }
      targets.add(target.file());
    }
    return new CompositeRequest.Suites(targets, others);
  }

  private static Target target(String text) {
    int at = text.lastIndexOf('=');
    if (at > 0 && text.substring(at + 1).matches("[0-9]*\\.?[0-9]+")) {
      return new Target(Path.of(text.substring(0, at)), Double.parseDouble(text.substring(at + 1)));
    }
    return new Target(Path.of(text), null);
  }
}
