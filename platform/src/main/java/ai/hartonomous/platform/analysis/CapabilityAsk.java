package ai.hartonomous.platform.analysis;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Which capabilities to look for in a model, as the API takes it.
///
/// @param capabilities names of suites
/// @param transcodersId transcoders whose features count as components too; none if null
/// @param count most similar components to name for each suite; 20 if null
record CapabilityAsk(
    @NotNull @Size(min = 1, max = 50) List<@NotBlank String> capabilities,
    @Nullable UUID transcodersId,
    @Nullable @Min(1) @Max(1000) Integer count) {

  /// {@return this request with its defaults written out}
  CapabilityAsk complete() {
    return new CapabilityAsk(
        List.copyOf(capabilities), transcodersId, Objects.requireNonNullElse(count, 20));
  }
}
