package ai.hartonomous.platform.agent;

import ai.hartonomous.distill.capability.Metric;
import ai.hartonomous.distill.capability.Protocol;
import ai.hartonomous.distill.capability.Score;
import ai.hartonomous.distill.evaluate.ModelSize;
import ai.hartonomous.distill.evaluate.PeakMemory;
import ai.hartonomous.distill.evaluate.Report;
import ai.hartonomous.distill.evaluate.Retention;
import ai.hartonomous.distill.evaluate.SearchPoint;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What was measured about an agent, as stored and shown. Scores are of the agent as written and
/// read back, on held-out items.
///
/// @param source cost of the source
/// @param agent cost of the agent
/// @param retention one entry for each capability
/// @param search sizes that were tried
record RetentionReport(Size source, Size agent, List<Kept> retention, List<SearchPoint> search) {

  /// What a model costs.
  ///
  /// @param parameters trainable numbers
  /// @param components heads and neurons
  /// @param heads attention heads
  /// @param neurons neurons
  /// @param bytes files of weights and configuration
  /// @param decodeBytes memory that decoding holds at full context
  /// @param tokensPerSecond tokens decoded in a second
  /// @param promptTokens tokens of the prompt that latency was measured with
  /// @param promptMillis milliseconds from that prompt to the first token
  /// @param memory of a process that does nothing but decode with it, or null where that was not
  ///   measured
  record Size(
      long parameters,
      int components,
      int heads,
      int neurons,
      long bytes,
      long decodeBytes,
      double tokensPerSecond,
      int promptTokens,
      double promptMillis,
      PeakMemory.@Nullable Measured memory) {

    static Size of(ModelSize size) {
      return new Size(
          size.parameters(),
          size.components(),
          size.heads(),
          size.neurons(),
          size.bytes(),
          size.decodeBytes(),
          size.tokensPerSecond(),
          size.speed().promptTokens(),
          size.speed().promptMillis(),
          null);
    }

    Size withMemory(PeakMemory.@Nullable Measured measured) {
      return new Size(
          parameters,
          components,
          heads,
          neurons,
          bytes,
          decodeBytes,
          tokensPerSecond,
          promptTokens,
          promptMillis,
          measured);
    }
  }

  /// How much of a capability was kept.
  ///
  /// @param capability its name
  /// @param kind `target` if it was asked for, else `other`
  /// @param floor ratio that was asked for; 0 for nothing
  /// @param metric what was measured
  /// @param items held-out items
  /// @param source the source's score
  /// @param agent the agent's score
  /// @param ratio agent / source, the other way round where less is better, or null where the
  ///   source has nothing to keep
  /// @param ratioError its standard error, paired over items, or null
  /// @param shots solved items in front of each prompt
  /// @param seed decided which
  /// @param templateSha256 how texts were put together
  record Kept(
      String capability,
      String kind,
      double floor,
      String metric,
      int items,
      Match source,
      Match agent,
      @Nullable Double ratio,
      @Nullable Double ratioError,
      int shots,
      long seed,
      String templateSha256) {

    static Kept of(Retention kept) {
      boolean measurable = !Double.isNaN(kept.ratio());
      Protocol protocol = kept.source().protocol();
      return new Kept(
          kept.capability(),
          kept.kind().name().toLowerCase(Locale.ROOT),
          kept.floor(),
          protocol.metric().label(),
          kept.source().items(),
          Match.of(kept.source()),
          Match.of(kept.agent()),
          measurable ? kept.ratio() : null,
          measurable ? kept.ratioError() : null,
          protocol.shots(),
          protocol.seed(),
          protocol.templateHash());
    }
  }

  /// A score.
  ///
  /// @param exactMatch share of exact answers, or null where something else was measured
  /// @param value the figure
  /// @param standardError its standard error
  record Match(@Nullable Double exactMatch, double value, double standardError) {

    static Match of(Score score) {
      boolean exact = score.metric() == Metric.EXACT_MATCH;
      return new Match(exact ? score.value() : null, score.value(), score.standardError());
    }
  }

  RetentionReport withMemory(
      PeakMemory.@Nullable Measured ofSource, PeakMemory.@Nullable Measured ofAgent) {
    return new RetentionReport(
        source.withMemory(ofSource), agent.withMemory(ofAgent), retention, search);
  }

  static RetentionReport of(Report report) {
    return new RetentionReport(
        Size.of(report.source()),
        Size.of(report.agent()),
        report.retention().stream().map(Kept::of).toList(),
        report.search());
  }
}
