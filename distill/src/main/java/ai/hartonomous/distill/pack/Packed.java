package ai.hartonomous.distill.pack;

import ai.hartonomous.model.checkpoint.Dtype;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One of the checkpoints in an agent's folder.
///
/// @param path its place in the folder, with `/` between names; `.` for the folder itself
/// @param dtype number format of its matrices
/// @param note what it lacks, such as the tokenizer; null for nothing
public record Packed(String path, Dtype dtype, @Nullable String note) {
  /// Place of the Hugging Face files.
  public static final String MAIN = ".";

  /// Place of the same model with each layer as wide as it is.
  public static final String RAGGED = "ragged";

  /// {@return place of a GGUF file}
  ///
  /// @param dtype its number format
  static String gguf(Dtype dtype) {
    return "gguf/model-%s.gguf".formatted(dtype.name().toLowerCase(Locale.ROOT));
  }
}
