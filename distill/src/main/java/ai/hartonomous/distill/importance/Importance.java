package ai.hartonomous.distill.importance;

/// A way to say how much a capability depends on each head and neuron.
public interface Importance {

  /// {@return its name, lower case with hyphens}
  String label();

  /// {@return whether it looks at the items}
  boolean usesData();

  /// Scores every component. Only scores of one kind, heads or neurons, can be compared, except
  /// where the method estimates a loss.
  ///
  /// @param subject model and items
  /// @return the scores, larger for what matters more
  /// @throws InterruptedException if the thread was interrupted between two batches
  ComponentScores measure(Subject subject) throws InterruptedException;
}
