package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.heal.Divergence;
import ai.hartonomous.distill.heal.Objective;
import ai.hartonomous.distill.heal.Objective.Distance;
import ai.hartonomous.distill.heal.Objective.Hidden;
import java.util.Locale;
import picocli.CommandLine.Option;

/// What healing brings down.
final class ObjectiveOptions {

  /// The divergences by their names on the command line.
  enum Kind {
    FORWARD,
    REVERSE,
    JENSEN;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--divergence",
      paramLabel = "KIND",
      defaultValue = "forward",
      description = "What to bring down: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Kind divergence = Kind.FORWARD;

  @Option(
      names = "--beta",
      paramLabel = "B",
      defaultValue = "0.5",
      description = "Share of the source in the mixture of jensen, 0 to 1 (default: 0.5).")
  private float beta;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "1",
      description = "Softens both distributions; above 0 (default: 1).")
  private float temperature;

  @Option(
      names = "--label-weight",
      paramLabel = "W",
      defaultValue = "0.5",
      description = "Weight of the right answers beside the divergence (default: 0.5).")
  private float labelWeight;

  @Option(
      names = "--hidden-weight",
      paramLabel = "W",
      defaultValue = "0",
      description = "Weight of the cosine distance of the residual streams (default: 0).")
  private float hiddenWeight;

  /// {@return the objective}
  ///
  /// @param featureWeight weight of differences of features
  /// @throws IllegalArgumentException if a number is out of range
  Objective objective(float featureWeight) {
    Divergence chosen =
        switch (divergence) {
          case FORWARD -> new Divergence.Forward();
          case REVERSE -> new Divergence.Reverse();
          case JENSEN -> new Divergence.Jensen(beta);
        };
    Hidden hidden = hiddenWeight == 0 ? Hidden.NONE : new Hidden(Distance.COSINE, hiddenWeight);
    return new Objective(chosen, temperature, labelWeight, hidden, featureWeight);
  }
}
