package ai.hartonomous.distill.evaluate;

import java.util.List;

/// What was measured about the parts of an agent, one by one, and about everything that was left
/// out. All figures are of the same held-out items of the target suite; effects are differences for
/// each item, averaged.
///
/// Mean ablation replaces the output of a component at every token by its mean over all tokens of
/// the items. In the agent:
/// - *clean*: as it is
/// - *ablated*: one component replaced (noising). The effect is ablated - clean, in nats: what the
///   agent loses without the component. Components that stand in for each other may both show
///   little
/// - *baseline*: all heads and neurons replaced
/// - *patched*: as baseline, but one component puts out what it puts out in the clean run
///   (denoising). What it restores is baseline - patched. Since everything else is constant there,
///   this is what the component does to the logits directly, past all other components
///
/// In the source, the effect of everything removed is its loss with all removed components
/// replaced, less its loss as it is: before any healing.
///
/// Source: Zhang and Nanda, "Towards Best Practices of Activation Patching in Language Models",
/// 2023, arXiv:2309.16042, for noising and denoising; Wang et al., "Interpretability in the Wild",
/// 2022, arXiv:2211.00593, section 2.1, for mean ablation. Here the mean is over all positions of
/// all items.
///
/// @param settings what all figures have in common
/// @param removed effect of everything that was removed
/// @param kept one entry for each head and neuron of the agent, layer by layer, heads first
public record Evidence(Settings settings, Removed removed, List<Part> kept) {
  /// How all of it was measured.
  public static final String METHOD =
      "mean ablation; 95 % percentile bootstrap of paired differences over items, 1000 drawings";

  /// Copies the list.
  public Evidence {
    kept = List.copyOf(kept);
  }

  /// What all figures have in common.
  ///
  /// @param items ids of the items, in the order of the suite
  /// @param seed decides the choice of items and the drawings of the bootstrap
  /// @param clean the agent as it is
  /// @param baseline the agent with all heads and neurons replaced
  public record Settings(List<String> items, long seed, Answered clean, Answered baseline) {

    /// Copies the list.
    public Settings {
      items = List.copyOf(items);
    }
  }

  /// How the items were answered.
  ///
  /// @param loss mean over items of the mean cross-entropy of their answer tokens, in nats
  /// @param exact number of items whose answer tokens all had the largest logit
  public record Answered(double loss, int exact) {}

  /// Everything that was removed from the source.
  ///
  /// @param components number of heads and neurons
  /// @param clean the source as it is
  /// @param ablated the source with all of them replaced
  /// @param effect loss ablated - clean, in nats
  /// @param interval its confidence interval
  public record Removed(
      int components, Answered clean, Answered ablated, double effect, Interval interval) {}

  /// A component of the agent.
  ///
  /// @param path its place in the source, such as `layers.3.heads.5`
  /// @param inAgent its place in the agent
  /// @param ablated the agent without it
  /// @param effect loss ablated - clean, in nats
  /// @param interval its confidence interval
  /// @param patched the baseline with it
  /// @param restored loss baseline - patched, in nats
  /// @param restoredInterval its confidence interval
  public record Part(
      String path,
      String inAgent,
      Answered ablated,
      double effect,
      Interval interval,
      Answered patched,
      double restored,
      Interval restoredInterval) {}
}
