package ai.hartonomous.bench;

/// A peer in a contest.
///
/// @param contender the peer
/// @param bar our speed divided by the peer's must reach this
/// @param tolerance largest difference between the samples of both, relative to the largest number
///   of the tensor
record Rival(Contender contender, double bar, double tolerance) {}
