package ai.hartonomous.platform.agent;

import ai.hartonomous.distill.compose.Combination;
import ai.hartonomous.distill.compose.CompositeReport;
import ai.hartonomous.distill.compose.Count;
import ai.hartonomous.distill.evaluate.ModelSize;
import ai.hartonomous.platform.agent.RetentionReport.Match;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// What was measured about an agent of several sources, as stored and shown.
///
/// @param source cost of all carrying sources together
/// @param agent cost of all experts together
/// @param maxComponents most components of all experts together
/// @param capabilities which source carries what, and what each could do
/// @param experts the parts with their own figures, in the order they were made
/// @param retention one entry for each capability, of the whole agent behind its router
/// @param router how many held-out prompts went to their expert, or null without a router
/// @param combine how the experts answer, and why, or null without a router
record CompositeView(
    Total source,
    Total agent,
    int maxComponents,
    List<Carried> capabilities,
    List<Expert> experts,
    List<Kept> retention,
    @Nullable Routing router,
    @Nullable Combine combine) {

  /// What several models cost.
  ///
  /// @param parameters trainable numbers
  /// @param components heads and neurons
  /// @param bytes files of weights and configuration
  /// @param decodeBytes memory that decoding holds at full context
  record Total(long parameters, long components, long bytes, long decodeBytes) {

    static Total of(List<ModelSize> sizes) {
      return new Total(
          sum(sizes, ModelSize::parameters),
          sum(sizes, ModelSize::components),
          sum(sizes, ModelSize::bytes),
          sum(sizes, ModelSize::decodeBytes));
    }

    private static long sum(List<ModelSize> sizes, ToLongFunction<ModelSize> part) {
      return sizes.stream().mapToLong(part).sum();
    }
  }

  /// Which source carries a capability.
  ///
  /// @param capability its name
  /// @param carriedBy name of the source, or null if none can be asked
  /// @param sources what each source can do
  record Carried(String capability, @Nullable String carriedBy, List<Bid> sources) {}

  /// How well a source serves a capability.
  ///
  /// @param source its name
  /// @param items calibration items, or null if it cannot be asked
  /// @param exactMatch share of them that it answers exactly, or null
  /// @param standardError its standard error, or null
  /// @param refusal why it cannot be asked, or null
  record Bid(
      String source,
      @Nullable Integer items,
      @Nullable Double exactMatch,
      @Nullable Double standardError,
      @Nullable String refusal) {

    static Bid of(CompositeReport.Bid bid) {
      Count right = bid.right();
      return right == null
          ? new Bid(bid.source(), null, null, null, bid.refusal())
          : new Bid(bid.source(), right.items(), right.share(), right.standardError(), null);
    }
  }

  /// A part of the agent.
  ///
  /// @param name its name in answers
  /// @param source name of its source
  /// @param capabilities what it carries
  /// @param limit components it was given
  /// @param report its own figures
  record Expert(
      String name, String source, List<String> capabilities, int limit, RetentionReport report) {}

  /// How much of a capability was kept.
  ///
  /// @param capability its name
  /// @param kind always `target`
  /// @param expert name of the expert that carries it
  /// @param items held-out items
  /// @param routed share of them that went to that expert
  /// @param notKnown how many of them went to the fallback
  /// @param source the source's score
  /// @param agent the score of the whole agent, as it answers
  /// @param ratio agent / source, or null where the source has none
  record Kept(
      String capability,
      String kind,
      String expert,
      int items,
      Match routed,
      int notKnown,
      Match source,
      Match agent,
      @Nullable Double ratio) {

    static Kept of(CompositeReport.Routed routed) {
      return new Kept(
          routed.capability(),
          "target",
          routed.expert(),
          routed.agent().items(),
          match(routed.routed()),
          routed.notKnown(),
          match(routed.source()),
          match(routed.agent()),
          routed.source().right() == 0 ? null : routed.ratio());
    }
  }

  /// How a router did on held-out prompts.
  ///
  /// @param items prompts
  /// @param right how many went to the expert that carries their capability
  /// @param accuracy share of them
  /// @param standardError its standard error
  record Routing(int items, int right, double accuracy, double standardError) {

    static Routing of(Count count) {
      return new Routing(count.items(), count.right(), count.share(), count.standardError());
    }
  }

  /// How the experts of an agent answer.
  ///
  /// @param method `route` or `mix`
  /// @param asked what was asked for: one of these or `auto`
  /// @param obstacle why they could not be mixed, where the choice was open, or null
  /// @param validation what both ways answer of the validation items; empty where only one was
  ///   tried
  record Combine(String method, String asked, @Nullable String obstacle, List<Trial> validation) {

    static Combine of(Combination combination) {
      return new Combine(
          combination.used().label(),
          combination.asked().label(),
          combination.obstacle(),
          combination.trial().stream()
              .map(it -> new Trial(it.capability(), match(it.route()), match(it.mix())))
              .toList());
    }
  }

  /// Both ways to answer on the validation items of a capability.
  ///
  /// @param capability its name
  /// @param route the score when the router chooses the expert
  /// @param mix the score when the experts are mixed
  record Trial(String capability, Match route, Match mix) {}

  private static Match match(Count count) {
    return new Match(count.share(), count.share(), count.standardError());
  }

  static CompositeView of(CompositeReport report) {
    return new CompositeView(
        Total.of(report.experts().stream().map(it -> it.report().source()).toList()),
        Total.of(report.experts().stream().map(it -> it.report().agent()).toList()),
        report.maxComponents(),
        report.capabilities().stream()
            .map(
                it ->
                    new Carried(
                        it.capability(), it.source(), it.bids().stream().map(Bid::of).toList()))
            .toList(),
        report.experts().stream()
            .map(
                it ->
                    new Expert(
                        it.name(),
                        it.source(),
                        it.capabilities(),
                        it.limit(),
                        RetentionReport.of(it.report())))
            .toList(),
        report.routing().stream().map(Kept::of).toList(),
        report.accuracy().map(Routing::of).orElse(null),
        Optional.ofNullable(report.combination()).map(Combine::of).orElse(null));
  }
}
