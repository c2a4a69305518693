package ai.hartonomous.tensor;

/// Extents of one attention call. Queries are `[B, T, H, K]`, keys and values `[B, S, G, K]`,
/// patterns `[B, H, T, S]`, all row-major and without gaps. Query `t` stands at key position `t + S
/// - T`: with a cache, `S` exceeds `T` by the tokens that came before.
///
/// @param batch `B`, sequences
/// @param queries `T`, query positions of each sequence
/// @param keys `S`, key positions of each sequence, at least `T`
/// @param headWidth `K`
/// @param keyHeads which key/value head each query head reads, `[H]`; its length sets `H`, its
///   values lie in `[0, G)`
/// @param mask which keys a query may read, and the scale of the scores
public record AttentionShape(
    int batch, int queries, int keys, int headWidth, KeyHeads keyHeads, Mask mask) {

  /// Which key/value head each query head reads.
  ///
  /// @param of key/value head of each query head, `[H]`
  /// @param count `G`, number of key/value heads
  public record KeyHeads(int[] of, int count) {}

  /// Which keys a query may read.
  ///
  /// @param causal whether a query reads only keys at its own position or before
  /// @param window how many positions back a query reads, itself included; 0 for all
  /// @param scale multiplies every score `q · k`; usually `1 / √K`
  public record Mask(boolean causal, int window, float scale) {}

  /// {@return `H`, query heads}
  public int heads() {
    return keyHeads.of().length;
  }

  /// {@return first key position that query `t` may read}
  ///
  /// @param t query position
  public int firstKey(int t) {
    return mask.window() == 0 ? 0 : Math.max(0, t + keys - queries - mask.window() + 1);
  }

  /// {@return position after the last key that query `t` may read}
  ///
  /// @param t query position
  public int endKey(int t) {
    return mask.causal() ? t + keys - queries + 1 : keys;
  }

  /// {@return number of elements of a pattern}
  public int patternSize() {
    return Math.multiplyExact(
        Math.multiplyExact(batch, heads()), Math.multiplyExact(queries, keys));
  }
}
