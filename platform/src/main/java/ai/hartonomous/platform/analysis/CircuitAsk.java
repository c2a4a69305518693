package ai.hartonomous.platform.analysis;

import ai.hartonomous.interpret.circuit.Corruption;
import ai.hartonomous.interpret.circuit.Method;
import ai.hartonomous.interpret.circuit.Metric;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Which circuit to look for, as the API takes it.
///
/// @param pairs contrast pairs; half of them find the circuit, the other half measures it
/// @param method how edges are scored; `eap_ig_inputs` if null
/// @param metric what is measured; `logit_difference` if null
/// @param corruption what edges outside a circuit carry; `paired` if null
/// @param steps points between corrupted and clean, for the methods with such; 5 if null
/// @param randomSeeds random circuits to compare with; 10 if null
/// @param seed source of every choice; 1 if null
record CircuitAsk(
    @NotNull @Size(min = 2, max = 1000) List<@NotNull @Valid Pair> pairs,
    @Nullable Method method,
    @Nullable Metric metric,
    @Nullable Corruption corruption,
    @Nullable @Min(1) @Max(100) Integer steps,
    @Nullable @Min(1) @Max(100) Integer randomSeeds,
    @Nullable Long seed) {

  /// A contrast pair. Both prompts have the same number of tokens.
  ///
  /// @param clean prompt after which an answer follows
  /// @param corrupted prompt after which it does not
  /// @param answers what may follow the clean prompt; the first token of each counts
  /// @param wrong what would follow the corrupted prompt
  record Pair(
      @NotBlank @Size(max = 5000) String clean,
      @NotBlank @Size(max = 5000) String corrupted,
      @NotNull @Size(min = 1, max = 100) List<@NotBlank String> answers,
      @NotNull @Size(min = 1, max = 100) List<@NotBlank String> wrong) {}

  /// {@return this request with its defaults written out}
  CircuitAsk complete() {
    return new CircuitAsk(
        List.copyOf(pairs),
        Objects.requireNonNullElse(method, Method.EAP_IG_INPUTS),
        Objects.requireNonNullElse(metric, Metric.LOGIT_DIFFERENCE),
        Objects.requireNonNullElse(corruption, Corruption.PAIRED),
        Objects.requireNonNullElse(steps, 5),
        Objects.requireNonNullElse(randomSeeds, 10),
        Objects.requireNonNullElse(seed, 1L));
  }
}
