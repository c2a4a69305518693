package ai.hartonomous.distill;

import ai.hartonomous.distill.evaluate.ModelSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What an agent may cost, beside its number of components. Speed belongs to the machine that makes
/// the agent: with such a target the same request may give another agent elsewhere, or at another
/// time.
///
/// @param parameters most trainable numbers, tied ones once; null for any number
/// @param bytes most bytes of these numbers in BF16, without headers, tokenizer and padding; null
///   for any
/// @param tokensPerSecond fewest tokens that it decodes in a second, as {@link
///   ai.hartonomous.distill.evaluate.DecodeSpeed} measures it; null for any
public record Targets(
    @Nullable Long parameters, @Nullable Long bytes, @Nullable Double tokensPerSecond) {
  /// Nothing beside the components.
  public static final Targets NONE = new Targets(null, null, null);

  private static final int BF16_BYTES = 2;

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException if a number is not above 0
  public Targets {
    if ((parameters != null && parameters < 1)
        || (bytes != null && bytes < 1)
        || (tokensPerSecond != null && !(tokensPerSecond > 0))) {
      throw new IllegalArgumentException(
          "targets of %s parameters, %s bytes and %s tokens per second must be above 0"
              .formatted(parameters, bytes, tokensPerSecond));
    }
  }

  /// {@return most trainable numbers that parameters and bytes allow; `Long.MAX_VALUE` for any}
  public long mostParameters() {
    long byBytes = bytes == null ? Long.MAX_VALUE : bytes / BF16_BYTES;
    return parameters == null ? byBytes : Math.min(parameters, byBytes);
  }

  /// {@return what an agent misses, with the figures; empty if it misses nothing}
  ///
  /// @param agent its measured costs
  Optional<String> missed(ModelSize agent) {
    List<String> missed = new ArrayList<>();
    Long bytesLimit = bytes;
    if (parameters != null && agent.parameters() > parameters) {
      missed.add(
          "has %d parameters, at most %d were wanted".formatted(agent.parameters(), parameters));
    }
    long held = agent.parameters() * BF16_BYTES;
    if (bytesLimit != null && held > bytesLimit) {
      missed.add("has numbers of %d bytes, at most %d were wanted".formatted(held, bytesLimit));
    }
    Double rate = tokensPerSecond;
    if (rate != null && agent.tokensPerSecond() < rate) {
      missed.add(
          String.format(
              Locale.ROOT,
              "decodes %.0f tokens per second on this machine, at least %.0f were wanted",
              agent.tokensPerSecond(),
              rate));
    }
    return missed.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", missed));
  }

  /// {@return the targets in words, for what decides an agent; empty for none}
  @Override
  public String toString() {
    return Stream.of(
            named(parameters, "parameters"),
            named(bytes, "bytes"),
            named(tokensPerSecond, "tokens per second"))
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining(", "));
  }

  private static String named(@Nullable Number number, String what) {
    return number == null ? "" : number + " " + what;
  }
}
