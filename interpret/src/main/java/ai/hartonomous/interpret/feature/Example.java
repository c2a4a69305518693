package ai.hartonomous.interpret.feature;

/// A token that is looked at, with the tokens around it in its sequence.
///
/// @param sequence number of the sequence in the text
/// @param position place of the token in the sequence
/// @param tokens ids around it
/// @param activations activation of the feature on each of them; 0 where it is not active
/// @param peak which of `tokens` is looked at
public record Example(long sequence, int position, int[] tokens, float[] activations, int peak) {

  /// {@return the activation on the token that is looked at}
  public float value() {
    return activations[peak];
  }

  /// {@return the token that is looked at}
  public int token() {
    return tokens[peak];
  }
}
