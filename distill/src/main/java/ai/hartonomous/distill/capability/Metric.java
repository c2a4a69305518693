package ai.hartonomous.distill.capability;

import java.util.Optional;

/// What a capability is measured by. Log-likelihoods are natural logarithms; `ll` of a text is the
/// sum over its tokens, each given all before it. The names and definitions of the multiple-choice
/// and perplexity metrics are those of EleutherAI's lm-evaluation-harness.
public enum Metric {
  /// Share of items whose greedy continuation is the answer.
  EXACT_MATCH("exact_match", Sense.SHARE),
  /// Share of items whose right choice has the largest `ll`; of equal ones the first counts.
  ACC("acc", Sense.SHARE),
  /// As {@link #ACC}, by `ll` divided by the choice's length in characters.
  ACC_NORM("acc_norm", Sense.SHARE),
  /// As {@link #ACC}, by `ll` divided by the choice's length in bytes of UTF-8.
  ACC_BYTES("acc_bytes", Sense.SHARE),
  /// As {@link #ACC}, by `ll` less the `ll` of the choice without its prompt.
  ACC_MUTUAL_INFO("acc_mutual_info", Sense.SHARE),
  /// Mean over items of `Σ (p - right)²` over the choices, with `p` the softmax of their `ll` and
  /// `right` 1 for the right one, else 0. Source: Brier, "Verification of Forecasts Expressed in
  /// Terms of Probability", 1950.
  BRIER("brier", Sense.LOWER),
  /// Mean over pairs of `ll(right) - ll(wrong)`, in nats; with several right or wrong texts their
  /// probabilities are added first.
  LOGPROB_DIFFERENCE("logprob_difference", Sense.HIGHER),
  /// Share of pairs with a positive {@link #LOGPROB_DIFFERENCE}.
  PAIR_ACC("pair_acc", Sense.SHARE),
  /// `exp(-Σ ll / Σ words)` over texts.
  WORD_PERPLEXITY("word_perplexity", Sense.LOWER),
  /// `exp(-Σ ll / Σ bytes)` over texts.
  BYTE_PERPLEXITY("byte_perplexity", Sense.LOWER),
  /// `-Σ ll / (Σ bytes · ln 2)` over texts.
  BITS_PER_BYTE("bits_per_byte", Sense.LOWER);

  private enum Sense {
    SHARE,
    HIGHER,
    LOWER
  }

  private final String label;
  private final Sense sense;

  Metric(String label, Sense sense) {
    this.label = label;
    this.sense = sense;
  }

  /// {@return the name in files and answers}
  public String label() {
    return label;
  }

  /// {@return the metric of a name, if there is one}
  ///
  /// @param label as {@link #label}
  public static Optional<Metric> of(String label) {
    for (Metric metric : values()) {
      if (metric.label.equals(label)) {
        return Optional.of(metric);
      }
    }
    return Optional.empty();
  }

  /// {@return whether it is a share of right items, in `[0, 1]`}
  public boolean share() {
    return sense == Sense.SHARE;
  }

  /// {@return whether a better model has a larger figure}
  public boolean higherIsBetter() {
    return sense != Sense.LOWER;
  }

  /// {@return the figure of a mean over items}
  double figure(double mean) {
    return perplexity() ? Math.exp(mean) : mean;
  }

  /// {@return the derivative of {@link #figure}}
  double slope(double mean) {
    return perplexity() ? Math.exp(mean) : 1;
  }

  private boolean perplexity() {
    return this == WORD_PERPLEXITY || this == BYTE_PERPLEXITY;
  }

  /// {@return how much of a source's figure an agent keeps: agent / source where more is better,
  /// source / agent where less is; NaN where the divisor is not above 0, so that nothing can be
  /// said}
  ///
  /// @param source the source's figure
  /// @param agent the agent's figure
  public double ratio(double source, double agent) {
    double divisor = higherIsBetter() ? source : agent;
    return divisor > 0 ? (higherIsBetter() ? agent : source) / divisor : Double.NaN;
  }

  /// {@return what an agent needs so that {@link #ratio} is `floor`}
  ///
  /// @param source the source's figure
  /// @param floor the ratio, above 0
  public double needed(double source, double floor) {
    return higherIsBetter() ? floor * source : source / floor;
  }
}
