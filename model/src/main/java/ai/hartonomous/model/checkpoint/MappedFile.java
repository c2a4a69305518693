package ai.hartonomous.model.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A file mapped for reading. Closing it ends every view of its bytes.
///
/// @param file the file
/// @param arena owns the mapping
/// @param bytes the whole file
record MappedFile(Path file, Arena arena, MemorySegment bytes) implements Mapped {

  /// Maps a file; the caller closes it.
  ///
  /// @param file a regular file
  /// @throws CheckpointException if it is something else, such as a folder or a pipe
  @SuppressWarnings("MustBeClosedChecker") // the result owns the arena
  static MappedFile open(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException(file, "start", "a regular file", "something else");
    }
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(file)) {
      return new MappedFile(file, arena, channel.map(MapMode.READ_ONLY, 0, channel.size(), arena));
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /// {@return the length of the file}
  long size() {
    return bytes.byteSize();
  }

  /// {@return a failure at a byte of the file}
  CheckpointException fault(long at, String expected, String found) {
    return new CheckpointException(file, "byte " + at, expected, found);
  }

  @Override
  public void close() {
    arena.close();
  }
}
