package ai.hartonomous.platform.analysis;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What to embed of a model, as the API takes it.
///
/// @param transcodersId transcoders whose features are embedded too; none if null
/// @param capabilities names of suites that are embedded too; none if null
record EmbeddingAsk(
    @Nullable UUID transcodersId, @Nullable @Size(max = 50) List<@NotBlank String> capabilities) {

  /// {@return this request with its defaults written out}
  EmbeddingAsk complete() {
    return new EmbeddingAsk(transcodersId, names());
  }

  List<String> names() {
    return List.copyOf(Objects.requireNonNullElse(capabilities, List.of()));
  }
}
