package ai.hartonomous.interpret.evaluate;

/// A figure of a sample of sequences, and how far it may be off. Tokens of one sequence depend on
/// each other, so the sequence is the unit of the error: it is what another draw of as many
/// sequences would change.
///
/// @param value the figure; not a number where nothing was measured
/// @param standardError its standard error over sequences; not a number with fewer than two
public record Estimate(double value, double standardError) {}
