package ai.hartonomous.model.checkpoint;

import ai.hartonomous.tensor.Activation;

/// Names of non-linearities in configuration files, and the usual scale of attention scores.
final class Activations {
  private Activations() {}

  /// {@return the non-linearity that a key names}
  static Activation read(ConfigObject config, String key, String otherwise)
      throws CheckpointException {
    String name = config.text(key, otherwise);
    return switch (name) {
      case "relu" -> Activation.RELU;
      case "gelu" -> Activation.GELU;
      case "gelu_new", "gelu_fast", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
      case "silu", "swish" -> Activation.SILU;
      default ->
          throw config.unexpected(
              key,
              "relu, gelu, gelu_new, gelu_pytorch_tanh or silu",
              FileFormatException.quote(name));
    };
  }

  /// {@return the name that Hugging Face gives a non-linearity}
  static String name(Activation activation) {
    return switch (activation) {
      case RELU -> "relu";
      case GELU -> "gelu";
      case GELU_TANH -> "gelu_new";
      case SILU -> "silu";
    };
  }

  /// {@return `1 / √K`}
  static float attentionScale(int headWidth) {
    return (float) (1 / Math.sqrt(headWidth));
  }
}
