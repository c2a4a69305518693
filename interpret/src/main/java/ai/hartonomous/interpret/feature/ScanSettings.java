package ai.hartonomous.interpret.feature;

/// How features are gathered from a text.
///
/// @param before tokens shown before the one that is looked at
/// @param after tokens shown after it
/// @param top strongest examples kept of each feature, one for each sequence
/// @param sample random active tokens kept of each feature, in each half of the text
/// @param inactive random tokens kept in each half, of which those serve as negatives on which a
///   feature is not active
/// @param tokensPerPass tokens the model reads at once
/// @param seed source of every choice
public record ScanSettings(
    int before, int after, int top, int sample, int inactive, int tokensPerPass, long seed) {

  /// Checks the numbers.
  ///
  /// @throws IllegalArgumentException if one is out of range
  public ScanSettings {
    boolean shown = before >= 1 && after >= 1;
    if (!shown || top < 1 || sample < 1 || inactive < 1 || tokensPerPass < 1) {
      throw new IllegalArgumentException("out of range: " + before + ", " + after + ", " + top);
    }
  }

  /// {@return 24 tokens before and 7 after, 20 strongest, 60 random and 400 inactive examples,
  /// 2,048 tokens at once}
  ///
  /// @param seed source of every choice
  public static ScanSettings of(long seed) {
    return new ScanSettings(24, 7, 20, 60, 400, 2048, seed);
  }
}
