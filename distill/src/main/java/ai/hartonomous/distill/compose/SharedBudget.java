package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.DistillRequest;

/// Divides the components of an agent among its experts. First each may use an equal share of what
/// the ones before it left, so that none can starve a later one. Those for which that was too
/// little may then use what nobody else needs. The sum never exceeds the whole.
final class SharedBudget {
  private final int whole;
  private final int[] used;

  /// Nothing is used.
  ///
  /// @param whole components of all experts together; at least 100 for each
  /// @param experts number of experts
  SharedBudget(int whole, int experts) {
    this.whole = whole;
    used = new int[experts];
  }

  /// {@return what one expert can get at most, if the others get the least}
  int most() {
    return whole - (used.length - 1) * DistillRequest.LEAST_COMPONENTS;
  }

  /// {@return what an expert may use in its first turn; those before it have had theirs}
  int first(int expert) {
    int before = 0;
    for (int e = 0; e < expert; e++) {
      before += used[e];
    }
    return (whole - before) / (used.length - expert);
  }

  /// {@return what an expert may use in its second turn: everything but what the others use}
  int second(int expert) {
    int others = 0;
    for (int e = 0; e < used.length; e++) {
      others += e == expert ? 0 : used[e];
    }
    return whole - others;
  }

  /// Notes how a turn ended.
  ///
  /// @param expert the expert
  /// @param components heads and neurons that it has
  /// @param kept whether it is good enough; if not, it holds the least that it must get
  void note(int expert, int components, boolean kept) {
    used[expert] = kept ? components : DistillRequest.LEAST_COMPONENTS;
  }
}
