package ai.hartonomous.distill;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What a cut model learns from, besides the source.
///
/// @param teacher folder of another model with the same tokenizer to learn from in place of the
///   source, or null
/// @param coders folder of sparse coders of the teacher's MLP inputs, for objectives with a feature
///   term, or null
public record Teaching(@Nullable Path teacher, @Nullable Path coders) {
  /// Learns from the source alone.
  public static final Teaching SOURCE = new Teaching(null, null);
}
