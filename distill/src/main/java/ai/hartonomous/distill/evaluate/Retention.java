package ai.hartonomous.distill.evaluate;

import ai.hartonomous.distill.capability.Score;

/// How well source and agent answer the same held-out items of one capability.
///
/// @param kind whether the agent was asked to keep it
/// @param source the source's score
/// @param agent the agent's score
public record Retention(Kind kind, Score source, Score agent) {

  /// Whether the agent was asked to keep a capability.
  public enum Kind {
    /// Asked for.
    TARGET,
    /// Measured only.
    OTHER
  }

  /// {@return name of the capability}
  public String capability() {
    return source.capability();
  }

  /// {@return the agent's exact match divided by the source's; NaN where the source has none}
  public double ratio() {
    return agent.exactMatch() / source.exactMatch();
  }

  /// {@return standard error of {@link #ratio} to first order, as if the two scores were
  /// independent, which overstates it: both answer the same items}
  public double ratioError() {
    double s = source.exactMatch();
    double a = agent.exactMatch();
    double fromAgent = agent.standardError() / s;
    double fromSource = a * source.standardError() / (s * s);
    return Math.hypot(fromAgent, fromSource);
  }
}
