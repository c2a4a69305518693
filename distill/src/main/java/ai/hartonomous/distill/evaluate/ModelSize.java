package ai.hartonomous.distill.evaluate;

/// What a model costs.
///
/// @param parameters trainable numbers, tied ones once
/// @param heads attention heads of all layers
/// @param neurons neurons of all layers
/// @param bytes bytes of the files of weights and configuration
/// @param decodeBytes memory that decoding holds at full context, in bytes: weights in single
///   precision and the key/value cache; computed from the shapes
/// @param tokensPerSecond tokens decoded in a second, median of interleaved runs on this machine
public record ModelSize(
    long parameters, int heads, int neurons, long bytes, long decodeBytes, double tokensPerSecond) {

  /// {@return heads and neurons together}
  public int components() {
    return heads + neurons;
  }
}
