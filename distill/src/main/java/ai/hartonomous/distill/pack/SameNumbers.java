package ai.hartonomous.distill.pack;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Weights.Parameter;
import java.util.HashMap;
import java.util.Map;

/// Compares a model that was read from another format with the one it was written from.
///
/// Bounds, with `m` the largest number of a row and `u` the unit roundoff of half precision, 2^-11:
/// - F32, BF16 (of numbers in BF16): none
/// - F16: `u |x|`, and half the smallest step, 2^-25
/// - Q8_0: half a step of the scale `d = m / 127`, and 127 times the rounding of `d` to half
///   precision
/// - Q4_0: a whole step of `d = m / 8`, since the largest number of the other sign is cut off at 7
///   steps; and 8 times the rounding of `d`
///
/// Vectors are F32 in every format, and rows that are no whole blocks are F16.
final class SameNumbers {
  private static final double HALF_ROUNDING = 0x1p-11;
  private static final double HALF_SMALLEST = 0x1p-25;

  private SameNumbers() {}

  /// Compares every weight.
  ///
  /// @param comparison told of the worst number of each weight that differs by more than its bound
  /// @param place names the format
  /// @param dtype the format
  /// @param read what was read
  /// @param written what was written
  static void compare(Comparison comparison, String place, Dtype dtype, Model read, Model written) {
    Map<String, Parameter> found = new HashMap<>();
    read.weights().parameters().forEach(parameter -> found.put(parameter.name(), parameter));
    for (Parameter expected : written.weights().parameters()) {
      Parameter other = found.remove(expected.name());
      String name = place + " " + expected.name();
      if (other == null || other.data().length != expected.data().length) {
        comparison.differ(
            name,
            expected.rows() + " x " + expected.cols(),
            other == null ? "nothing" : other.rows() + " x " + other.cols());
      } else {
        compare(comparison, name, dtype, other, expected);
      }
    }
    for (Parameter extra : found.values()) {
      for (float x : extra.data()) {
        if (x != 0) {
          comparison.differ(place + " " + extra.name(), "nothing, or zeros", x);
          break;
        }
      }
    }
  }

  private static void compare(
      Comparison comparison, String name, Dtype dtype, Parameter read, Parameter written) {
    int cols = written.cols();
    double worst = 0;
    int at = -1;
    for (int r = 0; r < written.rows(); r++) {
      double largest = 0;
      for (int c = 0; c < cols; c++) {
        largest = Math.max(largest, Math.abs(written.data()[r * cols + c]));
      }
      for (int c = 0; c < cols; c++) {
        int i = r * cols + c;
        double excess =
            Math.abs((double) read.data()[i] - written.data()[i])
                - bound(dtype, written.data()[i], largest);
        if (!(excess <= worst)) {
          worst = excess;
          at = i;
        }
      }
    }
    if (at < 0) {
      comparison.same(name, "within its bound", "within its bound");
    } else {
      String where = "%s[%d, %d]".formatted(name, at / cols, at % cols);
      comparison.differ(where, written.data()[at], read.data()[at]);
    }
  }

  private static double bound(Dtype dtype, double x, double largest) {
    double half = HALF_ROUNDING * Math.abs(x) + HALF_SMALLEST;
    return switch (dtype) {
      case F32, BF16 -> 0;
      case F16 -> half;
      case Q8_0 -> Math.max(half, scale(largest / 127, 127, 0.5));
      case Q4_0 -> Math.max(half, scale(largest / 8, 8, 1));
      case Q4_K, Q6_K -> throw new IllegalArgumentException(dtype + " is not packed");
    };
  }

  /// `steps` of a scale of which `most` are taken at the utmost, and the scale's own rounding; the
  /// last factor covers single precision.
  private static double scale(double d, int most, double steps) {
    return (steps * d + most * (HALF_ROUNDING * d + HALF_SMALLEST)) * (1 + 0x1p-20);
  }
}
