package ai.hartonomous.interpret.attribute;

/// All that decides a graph and its figures, besides the model and the coders.
///
/// @param ids token ids of the prompt
/// @param freeze what is frozen how
/// @param targets what is explained
/// @param trace how much is worked out and kept
/// @param prune what pruning keeps
/// @param plan which interventions are tried
public record GraphRequest(
    int[] ids,
    FrozenModel.Freeze freeze,
    TargetChoice targets,
    TraceSettings trace,
    PruneSettings prune,
    Validator.Plan plan) {

  /// {@return the request with every default for a prompt}
  ///
  /// @param ids token ids of the prompt
  public static GraphRequest of(int... ids) {
    return new GraphRequest(
        ids,
        FrozenModel.Freeze.DEFAULT,
        TargetChoice.Likeliest.DEFAULT,
        TraceSettings.DEFAULT,
        PruneSettings.DEFAULT,
        Validator.Plan.DEFAULT);
  }
}
