package ai.hartonomous.model.checkpoint;

/// Something that keeps a file mapped until it is closed.
interface Mapped extends AutoCloseable {
  @Override
  void close();
}
