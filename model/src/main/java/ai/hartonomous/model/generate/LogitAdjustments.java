package ai.hartonomous.model.generate;

import java.util.Map;

/// What is added to logits before a token is chosen, in OpenAI's terms: a token that was generated
/// `c` times already loses `c` times `frequency`, and `presence` once if `c > 0`; `bias` is added.
/// Tokens of the prompt do not count. Source: OpenAI API reference, "frequency and presence
/// penalties".
///
/// @param frequency from -2 to 2
/// @param presence from -2 to 2
/// @param bias by token id, each from -100 to 100, at most {@value #MOST_BIASES}
public record LogitAdjustments(double frequency, double presence, Map<Integer, Double> bias) {

  /// Most tokens that may have a bias of their own.
  public static final int MOST_BIASES = 1024;

  /// Nothing is added.
  public static final LogitAdjustments NONE = new LogitAdjustments(0, 0, Map.of());

  /// Checks the ranges and copies.
  ///
  /// @throws IllegalArgumentException naming the first that is outside its range
  public LogitAdjustments {
    bias = Map.copyOf(bias);
    check(Math.abs(frequency) <= 2, "frequency penalty", frequency, "-2 to 2");
    check(Math.abs(presence) <= 2, "presence penalty", presence, "-2 to 2");
    check(bias.size() <= MOST_BIASES, "number of biases", bias.size(), "at most " + MOST_BIASES);
    bias.forEach(
        (id, value) -> {
          check(id >= 0, "biased token", id, "at least 0");
          check(Math.abs(value) <= 100, "bias", value, "-100 to 100");
        });
  }

  private static void check(boolean inside, String name, Number value, String range) {
    if (!inside) {
      throw new IllegalArgumentException("%s is %s, must be %s".formatted(name, value, range));
    }
  }

  /// {@return whether no logit changes}
  boolean isNone() {
    return frequency == 0 && presence == 0 && bias.isEmpty();
  }
}
