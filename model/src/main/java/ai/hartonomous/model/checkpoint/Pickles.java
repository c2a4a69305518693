package ai.hartonomous.model.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Python pickles, which can run code when they are read. They are recognised and never read.
final class Pickles {
  private static final List<String> ENDINGS = List.of(".pt", ".pth", ".pkl", ".pickle", ".ckpt");

  private Pickles() {}

  /// {@return whether a file has the name of a pickle}
  static boolean isNamedLikeOne(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith)
        || (name.startsWith("pytorch_model") && name.contains(".bin"));
  }

  /// {@return whether a file begins like a pickle, or like the zip archive PyTorch puts them in}
  static boolean beginsLikeOne(Path file) throws IOException {
    byte[] start;
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(4);
    }
    boolean zip = start.length == 4 && start[0] == 'P' && start[1] == 'K' && start[2] == 3;
    // The third byte tells it from a llama2.c file of width 640, which also begins with 0x80 0x02.
    boolean pickle =
        start.length == 4
            && start[0] == (byte) 0x80
            && start[1] >= 2
            && start[1] <= 5
            && start[2] != 0;
    return zip || pickle;
  }

  /// {@return the refusal of a file}
  static CheckpointException refusal(Path file) {
    return new CheckpointException(
        file,
        "start",
        "safetensors (pickles can run code; convert with `safetensors` in Python first)",
        "a Python pickle");
  }
}
