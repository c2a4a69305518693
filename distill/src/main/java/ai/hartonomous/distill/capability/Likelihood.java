package ai.hartonomous.distill.capability;

/// How likely a model finds a text behind another.
///
/// @param log natural logarithm of its probability
/// @param greedy whether each of its tokens is the most likely one at its place
/// @param tokens number of its tokens
public record Likelihood(double log, boolean greedy, int tokens) {}
