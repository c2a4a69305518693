package ai.hartonomous.model.generate;

import ai.hartonomous.model.constrain.Grammar;
import org.jspecify.annotations.Nullable;

/// How the next token is chosen. The filters apply in the order of the components to the softmax of
/// `logits / temperature`; what they leave is scaled to sum 1.
///
/// @param temperature 0 takes the likeliest token; above, larger is more random; at most 100
/// @param topK only that many likeliest tokens; 0 for all
/// @param topP only the likeliest tokens that together reach this probability, in (0, 1]. Source:
///   Holtzman et al., "The Curious Case of Neural Text Degeneration", 2020, arXiv:1904.09751,
///   section 3.1
/// @param minP only tokens at least this fraction as likely as the likeliest, in [0, 1]. Source:
///   Nguyen et al., "Turning Up the Heat: Min-p Sampling", 2024, arXiv:2407.01082, section 3
/// @param seed decides every random choice
/// @param adjustments added to the logits first
/// @param grammar only tokens with which the text can follow it to its end, or null for all
public record Sampling(
    double temperature,
    int topK,
    double topP,
    double minP,
    long seed,
    LogitAdjustments adjustments,
    @Nullable Grammar grammar) {

  /// Always the likeliest token.
  public static final Sampling GREEDY = new Sampling(0, 0, 1, 0, 0, LogitAdjustments.NONE);

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException naming the first that is outside its range
  public Sampling {
    check(temperature >= 0 && temperature <= 100, "temperature", temperature, "0 to 100");
    check(topK >= 0, "top-k", topK, "at least 0");
    check(topP > 0 && topP <= 1, "top-p", topP, "above 0, at most 1");
    check(minP >= 0 && minP <= 1, "min-p", minP, "0 to 1");
  }

  /// No grammar is followed.
  ///
  /// @param temperature as in the record
  /// @param topK as in the record
  /// @param topP as in the record
  /// @param minP as in the record
  /// @param seed as in the record
  /// @param adjustments as in the record
  public Sampling(
      double temperature,
      int topK,
      double topP,
      double minP,
      long seed,
      LogitAdjustments adjustments) {
    this(temperature, topK, topP, minP, seed, adjustments, null);
  }

  /// Nothing is added to the logits.
  ///
  /// @param temperature as in the record
  /// @param topK as in the record
  /// @param topP as in the record
  /// @param minP as in the record
  /// @param seed as in the record
  public Sampling(double temperature, int topK, double topP, double minP, long seed) {
    this(temperature, topK, topP, minP, seed, LogitAdjustments.NONE);
  }

  private static void check(boolean inside, String name, Number value, String range) {
    if (!inside) {
      throw new IllegalArgumentException("%s is %s, must be %s".formatted(name, value, range));
    }
  }

  /// {@return sampling of the whole distribution at this temperature}
  ///
  /// @param temperature as in the record
  /// @param seed as in the record
  public static Sampling of(double temperature, long seed) {
    return new Sampling(temperature, 0, 1, 0, seed);
  }

  /// {@return the same with another seed}
  ///
  /// @param other as in the record
  public Sampling withSeed(long other) {
    return new Sampling(temperature, topK, topP, minP, other, adjustments, grammar);
  }

  /// {@return the same for texts that follow a grammar}
  ///
  /// @param followed as in the record
  public Sampling withGrammar(@Nullable Grammar followed) {
    return new Sampling(temperature, topK, topP, minP, seed, adjustments, followed);
  }
}
