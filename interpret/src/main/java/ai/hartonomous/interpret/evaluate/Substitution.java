package ai.hartonomous.interpret.evaluate;

/// What a language model loses when something replaces part of it. `P` is the model's own
/// distribution of the next token, `Q` that of the changed model; all in nats per predicted token.
///
/// @param crossEntropy mean over predicted tokens
/// @param perSequence mean over sequences of each one's mean cross-entropy, where short sequences
///   weigh as much as long ones
/// @param increase `CE(Q) - CE(P)`, token by token
/// @param divergence `KL(P ‖ Q)`
/// @param agreement share of tokens where the likeliest one is the same
public record Substitution(
    Estimate crossEntropy,
    Estimate perSequence,
    Estimate increase,
    Estimate divergence,
    Estimate agreement) {}
