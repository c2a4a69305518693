package ai.hartonomous.distill.capability;

/// How a figure was measured. Two figures can be compared only if all of it is the same.
///
/// @param metric what was measured
/// @param shots solved items in front of each prompt
/// @param seed decided which; 0 where there are none
/// @param templateHash SHA-256 of how the texts were put together and read
/// @param itemsHash SHA-256 over the items
public record Protocol(Metric metric, int shots, long seed, String templateHash, String itemsHash) {

  /// Refuses to compare what was measured differently.
  ///
  /// @param other how the other figure was measured
  /// @throws ProtocolMismatchException naming the first setting that differs
  public void requireSame(Protocol other) throws ProtocolMismatchException {
    require("metric", metric.label(), other.metric.label());
    require("shots", shots, other.shots);
    require("seed", seed, other.seed);
    require("template", templateHash, other.templateHash);
    require("items", itemsHash, other.itemsHash);
  }

  private static void require(String setting, Object one, Object other)
      throws ProtocolMismatchException {
    if (!one.equals(other)) {
      throw new ProtocolMismatchException(setting, one.toString(), other.toString());
    }
  }
}
