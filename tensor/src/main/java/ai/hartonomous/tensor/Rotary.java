package ai.hartonomous.tensor;

/// Angles of rotary position embedding, as cosines and sines. The first `dims` numbers of every
/// head are rotated in pairs `(i, i + dims/2)`, the half-split layout of Hugging Face; the rest
/// pass. Source: Su et al., "RoFormer", 2021, arXiv:2104.09864, equation 34.
///
/// @param dims how many leading numbers of a head are rotated; even, at most the head width
/// @param cos cosines `[positions, dims/2]`
/// @param sin sines `[positions, dims/2]`
public record Rotary(int dims, float[] cos, float[] sin) {

  /// {@return the table for given inverse frequencies}
  ///
  /// @param inverseFrequencies radians per position, `[dims/2]`
  /// @param positions number of positions
  public static Rotary of(double[] inverseFrequencies, int positions) {
    int half = inverseFrequencies.length;
    float[] cos = new float[Math.multiplyExact(positions, half)];
    float[] sin = new float[cos.length];
    for (int p = 0; p < positions; p++) {
      for (int i = 0; i < half; i++) {
        double angle = p * inverseFrequencies[i];
        cos[p * half + i] = (float) Math.cos(angle);
        sin[p * half + i] = (float) Math.sin(angle);
      }
    }
    return new Rotary(2 * half, cos, sin);
  }

  /// {@return number of positions in the table}
  public int positions() {
    return dims == 0 ? 0 : cos.length / (dims / 2);
  }
}
