package ai.hartonomous.platform.analysis;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Which features to describe, as the API takes it.
///
/// @param transcodersId transcoders of the model
/// @param corpusId text to find examples in
/// @param length tokens that the model reads at once; 256 if null
/// @param seed source of every choice; 1 if null
record FeatureAsk(
    @NotNull UUID transcodersId,
    @NotNull UUID corpusId,
    @Nullable @Min(2) @Max(8192) Integer length,
    @Nullable Long seed) {

  /// {@return this request with its defaults written out}
  FeatureAsk complete() {
    return new FeatureAsk(
        transcodersId,
        corpusId,
        Objects.requireNonNullElse(length, 256),
        Objects.requireNonNullElse(seed, 1L));
  }
}
