package ai.hartonomous.distill.evaluate;

import ai.hartonomous.distill.capability.Measurement;
import ai.hartonomous.distill.capability.Metric;
import ai.hartonomous.distill.capability.ProtocolMismatchException;
import ai.hartonomous.distill.capability.Score;

/// How well source and agent do on the same held-out items of one capability.
///
/// @param kind whether the agent was asked to keep it
/// @param floor the ratio that was asked for, from 0 to 1; 0 asks for nothing
/// @param source the source's score
/// @param agent the agent's score
/// @param ratioError standard error of {@link #ratio}; NaN where that is NaN
public record Retention(Kind kind, double floor, Score source, Score agent, double ratioError) {

  /// Whether the agent was asked to keep a capability.
  public enum Kind {
    /// Asked for.
    TARGET,
    /// Measured only.
    OTHER
  }

  /// {@return the comparison of two models on the same items}
  ///
  /// The error of the ratio is paired: each item's effect on the ratio of the two figures, to first
  /// order (delta method), and the spread of these effects over items. That both models find the
  /// same items hard therefore does not count as noise.
  ///
  /// @param kind whether the agent was asked to keep it
  /// @param floor the ratio that was asked for; 0 for nothing
  /// @param source contributions to the source's figure
  /// @param agent contributions to the agent's figure, of the same items
  /// @throws ProtocolMismatchException if they were not measured in the same way
  public static Retention of(Kind kind, double floor, Measurement source, Measurement agent)
      throws ProtocolMismatchException {
    source.protocol().requireSame(agent.protocol());
    Score ofSource = source.score();
    Score ofAgent = agent.score();
    Metric metric = ofSource.metric();
    boolean higher = metric.higherIsBetter();
    double[] above = (higher ? agent : source).deviations();
    double[] below = (higher ? source : agent).deviations();
    double divisor = (higher ? ofSource : ofAgent).value();
    double ratio = metric.ratio(ofSource.value(), ofAgent.value());
    double[] effects = new double[above.length];
    for (int i = 0; i < effects.length; i++) {
      effects[i] = (above[i] - ratio * below[i]) / divisor;
    }
    double error = Double.isNaN(ratio) ? Double.NaN : Measurement.error(effects);
    return new Retention(kind, floor, ofSource, ofAgent, error);
  }

  /// {@return name of the capability}
  public String capability() {
    return source.capability();
  }

  /// {@return how much of the source's figure is kept, as {@link Metric#ratio}; NaN where the
  /// source has nothing to keep}
  public double ratio() {
    return source.metric().ratio(source.value(), agent.value());
  }

  /// {@return the figure that the agent needed; NaN where the source has nothing to keep}
  public double needed() {
    double ratio = source.metric().ratio(source.value(), source.value());
    return Double.isNaN(ratio) ? Double.NaN : source.metric().needed(source.value(), floor);
  }

  /// {@return whether the agent keeps what was asked for. What the source itself cannot do cannot
  /// be kept.}
  public boolean kept() {
    if (floor <= 0) {
      return true;
    }
    double needed = needed();
    boolean higher = source.metric().higherIsBetter();
    return higher ? agent.value() >= needed : agent.value() <= needed;
  }
}
