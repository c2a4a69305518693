package ai.hartonomous.platform.analysis;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Which graph to trace, as the API takes it.
///
/// @param transcodersId transcoders of the model
/// @param prompt what the model reads
/// @param targetIds output tokens to explain; the likeliest, up to 95 % of probability, if null
/// @param maxFeatures features with incoming edges, most influential first; 7,500 if null
/// @param edgesPerNode edges kept one by one for each node; 0 keeps all; 0 if null
/// @param nodeThreshold share of influence of the nodes that are kept; 0.8 if null
/// @param edgeThreshold share of influence of the edges that are kept; 0.98 if null
/// @param trials edges tried by intervention; 24 if null
/// @param seed decides which ones; 1 if null
record GraphAsk(
    @NotNull UUID transcodersId,
    @NotBlank @Size(max = 20_000) String prompt,
    @Nullable @Size(min = 1, max = 10) List<@NotNull @Min(0) Integer> targetIds,
    @Nullable @Min(1) @Max(100_000) Integer maxFeatures,
    @Nullable @Min(0) @Max(1_000_000) Integer edgesPerNode,
    @Nullable @DecimalMin("0.0") @DecimalMax("1.0") Double nodeThreshold,
    @Nullable @DecimalMin("0.0") @DecimalMax("1.0") Double edgeThreshold,
    @Nullable @Min(0) @Max(1000) Integer trials,
    @Nullable Long seed) {

  /// {@return this request with its defaults written out}
  GraphAsk complete() {
    return new GraphAsk(
        transcodersId,
        prompt,
        targetIds,
        Objects.requireNonNullElse(maxFeatures, 7500),
        Objects.requireNonNullElse(edgesPerNode, 0),
        Objects.requireNonNullElse(nodeThreshold, 0.8),
        Objects.requireNonNullElse(edgeThreshold, 0.98),
        Objects.requireNonNullElse(trials, 24),
        Objects.requireNonNullElse(seed, 1L));
  }
}
