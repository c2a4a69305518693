package ai.hartonomous.platform.agent;

import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
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
@Schema(name = "AgentDistillationRequest")
record AgentRequest(
    @Schema(example = "Chess Strategy Expert") @NotBlank @Size(min = 1, max = 255) String name,
    @Schema(example = "chess") @NotBlank @Size(min = 1, max = 100) String domain,
    @NotNull @Size(min = 1, max = 10) List<@NotNull UUID> sourceModelIds,
    @ArraySchema(
            arraySchema = @Schema(example = "[\"strategic_thinking\", \"position_evaluation\"]"))
        @NotNull
        @Size(min = 1, max = 50)
        List<@NotBlank String> requiredCapabilities,
    @Nullable @Size(max = 50) List<@NotBlank String> measuredCapabilities,
    @Schema(defaultValue = "1000") @Nullable @Min(100) @Max(10_000) Integer maxComponents,
    @Schema(defaultValue = "0.85") @Nullable @DecimalMin("0.0") @DecimalMax("1.0")
        Double performanceThreshold,
    @Schema(defaultValue = "1") @Nullable Long seed) {

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
