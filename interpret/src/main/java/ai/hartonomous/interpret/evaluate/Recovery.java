package ai.hartonomous.interpret.evaluate;

/// How much of what ablation destroys a coder keeps: 1 is all, 0 is no better than ablation, below
/// 0 is worse. Scores are ratios of differences and grow with whatever ablation breaks; the plain
/// {@link Substitution#increase} and {@link Substitution#divergence} are the honest figures.
///
/// @param ablated the model with the values overwritten by zeros or their means
/// @param crossEntropy `(CE_ablated - CE_coder) / (CE_ablated - CE_clean)`
/// @param divergence `(KL_ablated - KL_coder) / KL_ablated`
public record Recovery(Substitution ablated, Estimate crossEntropy, Estimate divergence) {}
