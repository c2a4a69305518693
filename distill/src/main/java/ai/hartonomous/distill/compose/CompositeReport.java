package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.evaluate.Report;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Everything that was measured about an agent of several sources.
///
/// @param maxComponents most components of all experts together
/// @param capabilities which source carries what, and why
/// @param experts the parts, in the order they were made; after a failure those that were tried
/// @param routing how the router and the whole agent did on held-out items; empty without a router
/// @param combination how the experts answer, and why; null without a router
public record CompositeReport(
    int maxComponents,
    List<Carried> capabilities,
    List<Expert> experts,
    List<Routed> routing,
    @Nullable Combination combination) {

  /// Copies the lists.
  public CompositeReport(
      int maxComponents,
      List<Carried> capabilities,
      List<Expert> experts,
      List<Routed> routing,
      @Nullable Combination combination) {
    this.maxComponents = maxComponents;
    this.capabilities = List.copyOf(capabilities);
    this.experts = List.copyOf(experts);
    this.routing = List.copyOf(routing);
    this.combination = combination;
  }

  /// A capability and the source that carries it.
  ///
  /// @param capability its name
  /// @param source name of the source that carries it, or null if none can
  /// @param bids what each source can do, in the order of the request
  public record Carried(String capability, @Nullable String source, List<Bid> bids) {

    /// Copies the list.
    public Carried(String capability, @Nullable String source, List<Bid> bids) {
      this.capability = capability;
      this.source = source;
      this.bids = List.copyOf(bids);
    }
  }

  /// How well a source serves a capability.
  ///
  /// @param source its name
  /// @param right how many calibration items it answers exactly, or null if it cannot be asked
  /// @param refusal why it cannot be asked, or null
  public record Bid(String source, @Nullable Count right, @Nullable String refusal) {}

  /// A part of the agent.
  ///
  /// @param name name of its folder
  /// @param source name of its source
  /// @param capabilities what it carries
  /// @param limit components it was given
  /// @param report its own figures
  public record Expert(
      String name, String source, List<String> capabilities, int limit, Report report) {

    /// Copies the list.
    public Expert {
      capabilities = List.copyOf(capabilities);
    }
  }

  /// A capability behind the router, on held-out items.
  ///
  /// @param capability its name
  /// @param expert name of the expert that carries it
  /// @param routed how many prompts the router sends to that expert
  /// @param notKnown how many prompts it sends to the fallback because it does not know them
  /// @param source how many items the source answers exactly
  /// @param agent how many items the agent answers exactly, by whichever expert answered, or all
  ///   together where they are mixed
  public record Routed(
      String capability, String expert, Count routed, int notKnown, Count source, Count agent) {

    /// {@return share of the source's exact match that the agent keeps; NaN where the source has
    /// none}
    public double ratio() {
      return agent.share() / source.share();
    }
  }

  /// {@return components of all experts}
  public int components() {
    return experts.stream().mapToInt(expert -> expert.report().agent().components()).sum();
  }

  /// {@return how many held-out prompts of all capabilities went to their expert, if there is a
  /// router}
  public Optional<Count> accuracy() {
    if (routing.isEmpty()) {
      return Optional.empty();
    }
    int items = routing.stream().mapToInt(r -> r.routed().items()).sum();
    int right = routing.stream().mapToInt(r -> r.routed().right()).sum();
    return Optional.of(new Count(items, right));
  }

  /// {@return the figures as JSON, in the form of the manifest}
  public String toJson() {
    ObjectNode json = new JsonMapper().createObjectNode();
    ReportJson.put(json, this);
    return json.toString();
  }
}
