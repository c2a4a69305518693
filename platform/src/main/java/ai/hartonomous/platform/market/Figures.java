package ai.hartonomous.platform.market;

import ai.hartonomous.distill.capability.Metric;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What was measured about an agent, as its manifest says it. Nobody types these in.
///
/// @param capabilities held-out figures of source and agent
/// @param parameters trainable numbers
/// @param components heads and neurons
/// @param sizeBytes files of weights and configuration
/// @param architectures families of its models
record Figures(
    List<Capability> capabilities,
    long parameters,
    long components,
    long sizeBytes,
    List<String> architectures) {

  /// Copies the lists.
  Figures {
    capabilities = List.copyOf(capabilities);
    architectures = List.copyOf(architectures);
  }

  /// A capability.
  ///
  /// @param capability its name
  /// @param kind `target` if the agent was asked to keep it, else `other`
  /// @param metric what was measured
  /// @param items held-out items
  /// @param floor share of the source's figure that was asked for; 0 for nothing
  /// @param source the source's figure
  /// @param sourceError its standard error
  /// @param agent the agent's figure
  /// @param agentError its standard error
  /// @param kept share of the source's figure that the agent keeps; left out where the source has
  ///   none
  /// @param keptError its standard error; left out where that was not measured
  record Capability(
      String capability,
      String kind,
      String metric,
      int items,
      double floor,
      double source,
      double sourceError,
      double agent,
      double agentError,
      @Nullable Double kept,
      @Nullable Double keptError) {

    /// {@return whether the agent keeps what was asked for, by the engine's own rule}
    boolean holds() {
      if (floor <= 0) {
        return true;
      }
      Metric measured = Metric.of(metric).orElse(null);
      if (measured == null || Double.isNaN(measured.ratio(source, source))) {
        return false;
      }
      double needed = measured.needed(source, floor);
      return measured.higherIsBetter() ? agent >= needed : agent <= needed;
    }

    /// {@return whether the figure is a share of right items}
    boolean isShare() {
      return Metric.of(metric).map(Metric::share).orElse(false);
    }
  }
}
