package ai.hartonomous.platform.agent;

import ai.hartonomous.distill.Targets;
import ai.hartonomous.distill.compose.Combining;
import ai.hartonomous.distill.pack.Packing;
import ai.hartonomous.distill.pack.Packing.Vocabulary;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
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
/// @param floors share of the source's figure to keep, by required suite, where it differs from the
///   threshold; none if null
/// @param ggufFormats GGUF files to pack, of `f32`, `f16`, `q8_0` and `q4_0`; `q8_0` if null
/// @param vocabulary `whole`, or `used` to leave out tokens that the required suites never use;
///   `whole` if null
/// @param maxParameters most trainable numbers, of one source only; any if null
/// @param maxBytes most bytes of them in BF16, of one source only; any if null
/// @param minTokensPerSecond fewest tokens that it decodes in a second on the server, of one source
///   only; any if null
/// @param combine how the experts of several sources answer: `route`, the router chooses one;
///   `mix`, all together, weighted by the router, which needs sources with the same tokenizer; or
///   `auto`, whichever answers more validation items; `route` if null
/// @param measureMemory whether a process of its own measures the memory of source and agent, of
///   one source only; not if null
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
    @Schema(example = "{}") @Nullable @Size(max = 50)
        Map<@NotBlank String, @NotNull @DecimalMin("0.0") @DecimalMax("1.0") Double> floors,
    @Schema(defaultValue = "[\"q8_0\"]") @Nullable @Size(max = 4)
        List<@NotBlank String> ggufFormats,
    @Schema(defaultValue = "whole") @Nullable @Pattern(regexp = "whole|used") String vocabulary,
    @Schema(example = "500000") @Nullable @Min(1) Long maxParameters,
    @Schema(example = "1000000") @Nullable @Min(1) Long maxBytes,
    @Schema(example = "100") @Nullable @DecimalMin(value = "0.0", inclusive = false)
        Double minTokensPerSecond,
    @Schema(defaultValue = "route") @Nullable @Pattern(regexp = "route|mix|auto") String combine,
    @Schema(defaultValue = "false") @Nullable Boolean measureMemory,
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
        Map.copyOf(Objects.requireNonNullElse(floors, Map.of())),
        List.copyOf(Objects.requireNonNullElse(ggufFormats, List.of("q8_0"))),
        Objects.requireNonNullElse(vocabulary, "whole"),
        maxParameters,
        maxBytes,
        minTokensPerSecond,
        combining().label(),
        Objects.requireNonNullElse(measureMemory, false),
        Objects.requireNonNullElse(seed, 1L));
  }

  /// {@return what the agent may cost beside its components}
  Targets targets() {
    return new Targets(maxParameters, maxBytes, minTokensPerSecond);
  }

  /// {@return how the experts answer}
  Combining combining() {
    return combine == null ? Combining.ROUTE : Combining.parse(combine);
  }

  /// {@return what to pack}
  ///
  /// @throws IllegalArgumentException if a format is repeated or none that is packed
  Packing packing() {
    List<String> formats = Objects.requireNonNullElse(ggufFormats, List.of("q8_0"));
    Packing packing = Packing.parse(formats.isEmpty() ? "none" : String.join(",", formats));
    return packing.withVocabulary("used".equals(vocabulary) ? Vocabulary.USED : Vocabulary.WHOLE);
  }

  /// {@return the floor of a required suite, or null where the threshold holds}
  ///
  /// @param suite its name
  @Nullable Double floor(String suite) {
    return floors == null ? null : floors.get(suite);
  }
}
