package ai.hartonomous.bench;

import ai.hartonomous.bench.peer.PeerException;

/// One implementation of the work that a {@link Contest} measures.
interface Contender extends AutoCloseable {

  /// {@return who it is, with its version}
  String name();

  /// Does the work once.
  ///
  /// @throws PeerException if a peer fails
  void turn() throws PeerException;

  /// {@return some numbers of each tensor of the last turn's result, the same ones from every
  /// contender}
  ///
  /// @throws PeerException if a peer fails
  float[][] samples() throws PeerException;

  @Override
  void close() throws PeerException;
}
