package ai.hartonomous.model.transformer;

/// A model in memory: what it computes and its numbers.
///
/// @param config description
/// @param weights numbers; shapes agree with `config`
public record Model(ModelConfig config, Weights weights) {}
