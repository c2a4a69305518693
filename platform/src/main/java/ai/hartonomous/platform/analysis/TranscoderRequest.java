package ai.hartonomous.platform.analysis;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Which transcoders to train, as the API takes it.
///
/// @param corpusId text to train on
/// @param heldOutCorpusId text to measure on, not to learn from; nothing is measured if null
/// @param layers layers whose MLP gets one, from 0; all if null
/// @param latents latents of each; 32 times the model's width if null
/// @param k most active latents of a token; 32 if null
/// @param skip whether there is a learned linear path from input to output; true if null
/// @param steps steps of training; 10,000 if null
/// @param batch tokens in a step; 2,048 if null
/// @param length tokens that the model reads at once; 256 if null
/// @param seed source of every random choice; 1 if null
record TranscoderRequest(
    @NotNull UUID corpusId,
    @Nullable UUID heldOutCorpusId,
    @Nullable @Size(min = 1, max = 512) List<@NotNull @Min(0) Integer> layers,
    @Nullable @Min(1) @Max(1 << 20) Integer latents,
    @Nullable @Min(1) @Max(1024) Integer k,
    @Nullable Boolean skip,
    @Nullable @Min(1) @Max(1_000_000) Integer steps,
    @Nullable @Min(16) @Max(65_536) Integer batch,
    @Nullable @Min(2) @Max(8192) Integer length,
    @Nullable Long seed) {

  /// {@return this request with its defaults written out, but those that depend on the model}
  TranscoderRequest complete() {
    return new TranscoderRequest(
        corpusId,
        heldOutCorpusId,
        layers,
        latents,
        Objects.requireNonNullElse(k, 32),
        Objects.requireNonNullElse(skip, true),
        Objects.requireNonNullElse(steps, 10_000),
        Objects.requireNonNullElse(batch, 2048),
        Objects.requireNonNullElse(length, 256),
        Objects.requireNonNullElse(seed, 1L));
  }
}
