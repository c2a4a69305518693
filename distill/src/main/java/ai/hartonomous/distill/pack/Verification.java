package ai.hartonomous.distill.pack;

import java.util.List;

/// What came of checking an agent's folder.
///
/// @param checks in the order they were made
public record Verification(List<Check> checks) {

  /// Copies the list.
  public Verification {
    checks = List.copyOf(checks);
  }

  /// {@return whether nothing differs}
  public boolean holds() {
    return checks.stream().allMatch(check -> check.differences().isEmpty());
  }

  /// One kind of check.
  ///
  /// @param name what was checked
  /// @param compared number of hashes, numbers and texts compared
  /// @param differences where they differ
  public record Check(String name, int compared, List<Difference> differences) {

    /// Copies the list.
    public Check {
      differences = List.copyOf(differences);
    }
  }

  /// A place where folder and manifest differ.
  ///
  /// @param place a file, or a path in one such as `figures.agent.parameters`
  /// @param stored what the folder says
  /// @param found what it is
  public record Difference(String place, String stored, String found) {}
}
