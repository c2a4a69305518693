package ai.hartonomous.model.checkpoint;

import ai.hartonomous.model.transformer.ModelConfig.Positions;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Rotary frequencies and their scaling to longer texts, as Hugging Face's `modeling_rope_utils.py`
/// computes them.
///
/// @param factor how many times longer
/// @param ramp bounds of the wavelengths that are scaled, or null where all are
record RotaryScaling(double factor, @Nullable Ramp ramp) {

  /// Llama 3: short wavelengths stay, long ones are scaled, between them it goes smoothly.
  ///
  /// @param low wavelengths above `original / low` are scaled
  /// @param high wavelengths below `original / high` stay
  /// @param original positions the model was first trained for
  record Ramp(double low, double high, int original) {}

  /// Reads `rope_theta` and `rope_scaling`, or transformers 5's `rope_parameters`.
  ///
  /// @param config the root of config.json
  /// @param dims leading numbers of each head that are rotated
  /// @param thetaKey older name of the base
  static Positions.Rotated read(ConfigObject config, int dims, String thetaKey)
      throws CheckpointException {
    Optional<ConfigObject> parameters = config.object("rope_parameters");
    Optional<ConfigObject> scaling =
        parameters.isPresent() ? parameters : config.object("rope_scaling");
    double theta = config.positiveNumber(thetaKey, 10000);
    if (parameters.isPresent()) {
      theta = parameters.get().positiveNumber("rope_theta", theta);
    }
    if (dims < 2 || dims % 2 != 0) {
      throw config.unexpected("head_dim", "an even number of rotated dimensions", "" + dims);
    }
    RotaryScaling read = scaling.isPresent() ? read(scaling.get()) : null;
    return positions(dims, theta, read);
  }

  /// {@return positions for a base and a scaling}
  ///
  /// @param dims rotated dimensions, even
  /// @param theta base
  /// @param scaling scaling, or null for none
  static Positions.Rotated positions(int dims, double theta, @Nullable RotaryScaling scaling) {
    double[] frequencies = new double[dims / 2];
    for (int i = 0; i < frequencies.length; i++) {
      double frequency = Math.pow(theta, -2.0 * i / dims);
      frequencies[i] = scaling == null ? frequency : scaling.scale(frequency);
    }
    return new Positions.Rotated(
        dims, frequencies, theta, scaling == null ? null : scaling.toJson());
  }

  /// {@return the scaling an object describes, or null for none}
  static @Nullable RotaryScaling read(ConfigObject scaling) throws CheckpointException {
    String type = scaling.text("rope_type", scaling.text("type", "default"));
    if (scaling.has("full_attention") || scaling.has("sliding_attention")) {
      throw scaling.unexpected("full_attention", "one scaling for all layers", "one for each type");
    }
    return switch (type) {
      case "default" -> null;
      case "linear" -> new RotaryScaling(scaling.positiveNumber("factor"), null);
      case "llama3" -> {
        var ramp =
            new Ramp(
                scaling.positiveNumber("low_freq_factor"),
                scaling.positiveNumber("high_freq_factor"),
                scaling.positive("original_max_position_embeddings"));
        if (ramp.high <= ramp.low) {
          throw scaling.unexpected("high_freq_factor", "more than " + ramp.low, "" + ramp.high);
        }
        yield new RotaryScaling(scaling.positiveNumber("factor"), ramp);
      }
      default ->
          throw scaling.unexpected(
              "rope_type", "default, linear or llama3", FileFormatException.quote(type));
    };
  }

  /// {@return the scaled frequency, radians per position}
  double scale(double frequency) {
    if (ramp == null) {
      return frequency / factor;
    }
    double wavelength = 2 * Math.PI / frequency;
    if (wavelength > ramp.original / ramp.low) {
      return frequency / factor;
    }
    if (wavelength < ramp.original / ramp.high) {
      return frequency;
    }
    double keep = (ramp.original / wavelength - ramp.low) / (ramp.high - ramp.low);
    return (1 - keep) * frequency / factor + keep * frequency;
  }

  private String toJson() {
    if (ramp == null) {
      return String.format(Locale.ROOT, "{\"rope_type\":\"linear\",\"factor\":%s}", factor);
    }
    return String.format(
        Locale.ROOT,
        "{\"rope_type\":\"llama3\",\"factor\":%s,\"low_freq_factor\":%s,"
            + "\"high_freq_factor\":%s,\"original_max_position_embeddings\":%d}",
        factor,
        ramp.low,
        ramp.high,
        ramp.original);
  }
}
