package ai.hartonomous.interpret.circuit;

/// Told how far a long measurement has come, on its own thread.
@FunctionalInterface
public interface Progress {

  /// Nobody listens.
  Progress NONE = (_, _) -> {};

  /// Tells.
  ///
  /// @param done steps done
  /// @param all steps in all
  void at(int done, int all);
}
