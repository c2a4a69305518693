package ai.hartonomous.platform.agent;

import ai.hartonomous.distill.capability.Score;
import ai.hartonomous.distill.evaluate.ModelSize;
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
  record Size(
      long parameters,
      int components,
      int heads,
      int neurons,
      long bytes,
      long decodeBytes,
      double tokensPerSecond) {

    static Size of(ModelSize size) {
      return new Size(
          size.parameters(),
          size.components(),
          size.heads(),
          size.neurons(),
          size.bytes(),
          size.decodeBytes(),
          size.tokensPerSecond());
    }
  }

  /// How much of a capability was kept.
  ///
  /// @param capability its name
  /// @param kind `target` if it was asked for, else `other`
  /// @param items held-out items
  /// @param source the source's score
  /// @param agent the agent's score
  /// @param ratio agent / source, or null where the source has none
  /// @param ratioError its standard error, or null
  record Kept(
      String capability,
      String kind,
      int items,
      Match source,
      Match agent,
      @Nullable Double ratio,
      @Nullable Double ratioError) {

    static Kept of(Retention kept) {
      boolean measurable = kept.source().right() > 0;
      return new Kept(
          kept.capability(),
          kept.kind().name().toLowerCase(Locale.ROOT),
          kept.source().items(),
          Match.of(kept.source()),
          Match.of(kept.agent()),
          measurable ? kept.ratio() : null,
          measurable ? kept.ratioError() : null);
    }
  }

  /// A score.
  ///
  /// @param exactMatch share of exact answers
  /// @param standardError its standard error
  record Match(double exactMatch, double standardError) {

    static Match of(Score score) {
      return new Match(score.exactMatch(), score.standardError());
    }
  }

  static RetentionReport of(Report report) {
    return new RetentionReport(
        Size.of(report.source()),
        Size.of(report.agent()),
        report.retention().stream().map(Kept::of).toList(),
        report.search());
  }
}
