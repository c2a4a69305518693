package ai.hartonomous.platform.agent;

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

/// What to distil, as the API takes it.
///
/// @param name what to call the agent
/// @param domain what it is for
/// @param sourceModelIds models to distil from, each once
/// @param requiredCapabilities names of the suites whose capabilities it must keep
/// @param measuredCapabilities names of suites that are measured besides, and not kept on purpose
/// @param maxComponents most heads and neurons, of all experts together; 1000 if null
/// @param performanceThreshold share of the source's exact match to keep; 0.85 if null
/// @param seed source of every random choice; 1 if null
record AgentRequest(
    @NotBlank @Size(max = 255) String name,
    @NotBlank @Size(max = 100) String domain,
    @NotNull @Size(min = 1, max = 10) List<@NotNull UUID> sourceModelIds,
    @NotNull @Size(min = 1, max = 50) List<@NotBlank String> requiredCapabilities,
    @Nullable @Size(max = 50) List<@NotBlank String> measuredCapabilities,
    @Nullable @Min(100) @Max(10_000) Integer maxComponents,
    @Nullable @DecimalMin("0.0") @DecimalMax("1.0") Double performanceThreshold,
    @Nullable Long seed) {

  /// {@return this request with its defaults written out}
  AgentRequest complete() {
    return new AgentRequest(
        name,
        domain,
        List.copyOf(sourceModelIds),
        List.copyOf(requiredCapabilities),
        List.copyOf(Objects.requireNonNullElse(measuredCapabilities, List.of())),
        Objects.requireNonNullElse(maxComponents, 1000),
        Objects.requireNonNullElse(performanceThreshold, 0.85),
        Objects.requireNonNullElse(seed, 1L));
  }
}
