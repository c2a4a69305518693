package ai.hartonomous.interpret.attribute;

/// What becomes of the linear path `W_skip x` of skip transcoders.
public enum SkipPath {
  /// Effects pass through it: a source upstream is credited with what the skip path carries on.
  FOLLOWED,
  /// It passes nothing on. What it writes is a leaf of its own, {@link NodeKind#SKIP}, which counts
  /// as unexplained.
  LEAF
}
