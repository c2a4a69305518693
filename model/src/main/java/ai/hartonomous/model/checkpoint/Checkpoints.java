package ai.hartonomous.model.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/// Opens checkpoints of all supported kinds.
public final class Checkpoints {
  private Checkpoints() {}

  /// Opens a checkpoint; the caller closes it.
  ///
  /// @param path folder in Hugging Face's layout or with a `toy_transformer`; or a file `.gguf` or
  ///   `.bin` (llama2.c)
  /// @return the open checkpoint
  /// @throws CheckpointException if it is damaged, hostile or of a kind that is not supported
  /// @throws IOException if it cannot be read
  public static Checkpoint open(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return HuggingFaceFolder.open(path);
    }
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    if (!Files.isRegularFile(path)) {
      throw new CheckpointException(path, "start", "a folder or a regular file", "something else");
    }
    if (Pickles.isNamedLikeOne(path) || Pickles.beginsLikeOne(path)) {
      throw Pickles.refusal(path);
    }
    String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".gguf")) {
      return GgufFile.openCheckpoint(path);
    }
    if (name.endsWith(".bin")) {
      return Llama2cFile.open(path);
    }
    throw new CheckpointException(
        path, "name", "a folder, .gguf or llama2.c .bin", FileFormatException.quote(name));
  }
}
