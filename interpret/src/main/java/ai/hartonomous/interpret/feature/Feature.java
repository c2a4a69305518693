package ai.hartonomous.interpret.feature;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known about one feature.
///
/// @param index its number in the coder
/// @param use how often and how strongly it is active
/// @param groups examples: the strongest, then those of equal shares of the activations, the
///   strongest share first
/// @param outputs tokens it makes more and less likely by itself
/// @param neighbours other features of the coder with the most similar decoder rows
/// @param detection the best rule and its score, or null where there were too few examples
public record Feature(
    int index,
    Use use,
    List<Group> groups,
    OutputTokens outputs,
    List<Neighbour> neighbours,
    @Nullable Detection detection) {

  /// Copies the lists.
  // Not the compact form: the compiler drops its type annotations, and NullAway reads them.
  public Feature(
      int index,
      Use use,
      List<Group> groups,
      OutputTokens outputs,
      List<Neighbour> neighbours,
      @Nullable Detection detection) {
    this.index = index;
    this.use = use;
    this.groups = List.copyOf(groups);
    this.outputs = outputs;
    this.neighbours = List.copyOf(neighbours);
    this.detection = detection;
  }

  /// How often and how strongly a feature is active.
  ///
  /// @param active tokens on which it is
  /// @param tokens tokens that counted
  /// @param maximum largest activation; 0 where it never is active
  /// @param minimum smallest activation above 0; 0 where it never is active
  /// @param mean mean activation where it is active
  /// @param histogram active tokens by activation: entry `b` counts those from `2^(b/2 - 12)` up to
  ///   `2^((b+1)/2 - 12)`, the first and last also those beyond
  public record Use(
      long active, long tokens, float maximum, float minimum, double mean, long[] histogram) {

    /// {@return share of tokens on which it is active}
    public double density() {
      return tokens == 0 ? 0 : (double) active / tokens;
    }
  }

  /// Examples of about the same strength.
  ///
  /// @param name such as `top` or `0.8 to 1.0`
  /// @param examples the strongest first
  public record Group(String name, List<Example> examples) {
    /// Copies the list.
    public Group {
      examples = List.copyOf(examples);
    }
  }

  /// Tokens at both ends of what a feature writes; none where it does not write to the residual
  /// stream.
  ///
  /// @param promoted tokens it makes more likely, most first
  /// @param demoted tokens it makes less likely, most first
  public record OutputTokens(List<TokenWeight> promoted, List<TokenWeight> demoted) {
    /// Copies the lists.
    public OutputTokens {
      promoted = List.copyOf(promoted);
      demoted = List.copyOf(demoted);
    }
  }

  /// A token and a weight.
  ///
  /// @param token its id
  /// @param weight change of its logit for an activation of 1, less the mean over the vocabulary
  public record TokenWeight(int token, float weight) {}

  /// Another feature.
  ///
  /// @param index its number
  /// @param cosine cosine of the decoder rows, from -1 to 1
  public record Neighbour(int index, float cosine) {}
}
