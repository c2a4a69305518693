package ai.hartonomous.distill.heal;

/// How far the student's distribution `q` of the next token is from the source's `p`. Both are
/// softmaxes of logits over a temperature `T`; every divergence is a sum over the vocabulary, in
/// nats.
public sealed interface Divergence {

  /// `T² Σ p log(p / q)`. Source: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural
  /// Network", 2015, arXiv:1503.02531, section 2.
  record Forward() implements Divergence {}

  /// `T² Σ q log(q / p)`. Source: Gu et al., "MiniLLM", 2023, arXiv:2306.08543, equation 1; here
  /// for each token by itself and on given texts.
  record Reverse() implements Divergence {}

  /// `β Σ p log(p / m) + (1 - β) Σ q log(q / m)` with `m = β p + (1 - β) q`, without a factor `T²`;
  /// at β 0 it is `Σ p log(p / q)` and at 1 `Σ q log(q / p)`, as in the source's code. Source:
  /// Agarwal et al., "On-Policy Distillation of Language Models", 2023, arXiv:2306.13649, equation
  /// 1; the text is given here and not sampled from the student.
  ///
  /// @param beta from 0 to 1
  record Jensen(float beta) implements Divergence {

    /// Checks the range.
    ///
    /// @throws IllegalArgumentException if `beta` is out of range
    public Jensen {
      if (!(beta >= 0 && beta <= 1)) {
        throw new IllegalArgumentException("beta %s outside 0..1".formatted(beta));
      }
    }
  }
}
