package ai.hartonomous.distill.evaluate;

/// What a model costs.
///
/// @param parameters trainable numbers, tied ones once
/// @param heads attention heads of all layers
/// @param neurons neurons of all layers
/// @param bytes bytes of the files of weights and configuration
/// @param decodeBytes peak memory of decoding one sequence up to the full context, in bytes:
///   weights in single precision and the key/value cache; computed from the shapes, not measured.
///   The buffers of one token, some thousand numbers, come on top
/// @param speed what was measured with a clock
public record ModelSize(
    long parameters, int heads, int neurons, long bytes, long decodeBytes, Speed speed) {

  /// Times of this machine.
  ///
  /// @param tokensPerSecond tokens decoded in a second, median of interleaved runs
  /// @param promptTokens tokens of the prompt that latency was measured with
  /// @param promptMillis milliseconds from the prompt to the first token, median of interleaved
  ///   runs
  public record Speed(double tokensPerSecond, int promptTokens, double promptMillis) {}

  /// {@return heads and neurons together}
  public int components() {
    return heads + neurons;
  }

  /// {@return tokens decoded in a second}
  public double tokensPerSecond() {
    return speed.tokensPerSecond();
  }
}
