package ai.hartonomous.interpret.evaluate;

/// How well predictions `ŷ` meet the values `y` of the tokens that count.
///
/// @param fvu fraction of variance unexplained, `Σ‖y-ŷ‖² / Σ‖y-ȳ‖²`, with `ȳ` the mean of the
///   tokens evaluated; above 1 where predicting `ȳ` would be better
/// @param cosine mean of `⟨y,ŷ⟩ / (‖y‖ ‖ŷ‖)` over tokens where neither is 0
/// @param normRatio mean of `‖ŷ‖ / ‖y‖` over tokens where `y` is not 0: below 1 is shrinkage
/// @param relativeError mean of `‖y-ŷ‖ / ‖y‖` over the same tokens
public record Reconstruction(
    Estimate fvu, Estimate cosine, Estimate normRatio, Estimate relativeError) {

  /// {@return explained variance `1 - FVU`, also called FVE or R²; below 0 where predicting the
  /// mean would be better}
  public Estimate explainedVariance() {
    return new Estimate(1 - fvu.value(), fvu.standardError());
  }
}
