package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.DistillRequest;
import ai.hartonomous.distill.DistillRequest.Stamp;
import ai.hartonomous.distill.DistillRequest.Target;
import ai.hartonomous.distill.pack.Packing;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What to distil from several sources, and what the result must keep.
///
/// @param sources where parts may come from, 1 to 10
/// @param suites what to keep, and what to measure besides
/// @param maxComponents most heads and neurons of all experts together, from 100 to 10,000
/// @param threshold share of the carrying source's figure that every capability must keep on
///   held-out items, from 0 to 1, where its suite has no floor of its own
/// @param seed decides everything random
/// @param stamp what to state in the manifests about their making
/// @param packing what the folder of each expert holds beside the Hugging Face files
/// @param combining how the experts answer
/// @param output folder to make; must not exist
public record CompositeRequest(
    List<Source> sources,
    Suites suites,
    int maxComponents,
    double threshold,
    long seed,
    Stamp stamp,
    Packing packing,
    Combining combining,
    Path output) {
  /// Most sources.
  public static final int MOST_SOURCES = 10;

  /// A model to take parts from.
  ///
  /// @param name what reports call it
  /// @param folder its checkpoint with tokenizer
  public record Source(String name, Path folder) {}

  /// Suite files.
  ///
  /// @param targets what the agent must keep, one or more; ids of items differ across them
  /// @param others measured on the experts that can express them, but not kept on purpose
  /// @param floors share of the source's figure to keep, from 0 to 1, by target, where it differs
  ///   from the request's threshold
  public record Suites(List<Path> targets, List<Path> others, Map<Path, Double> floors) {

    /// Copies the lists.
    ///
    /// @throws IllegalArgumentException if there is no target, or a floor is out of range
    public Suites {
      targets = List.copyOf(targets);
      others = List.copyOf(others);
      floors = Map.copyOf(floors);
      floors.forEach((file, floor) -> new Target(file, floor)); // checks the range
      if (targets.isEmpty()) {
        throw new IllegalArgumentException("expected at least one suite");
      }
    }

    /// Suites without floors of their own.
    ///
    /// @param targets what the agent must keep
    /// @param others measured besides
    /// @throws IllegalArgumentException if there is no target
    public Suites(List<Path> targets, List<Path> others) {
      this(targets, others, Map.of());
    }
  }

  /// Asks for experts behind a router.
  ///
  /// @param sources where parts may come from, 1 to 10
  /// @param suites what to keep, and what to measure besides
  /// @param maxComponents most heads and neurons of all experts together, from 100 to 10,000
  /// @param threshold share of the carrying source's figure to keep, from 0 to 1
  /// @param seed decides everything random
  /// @param stamp what to state in the manifests about their making
  /// @param packing what the folder of each expert holds beside the Hugging Face files
  /// @param output folder to make; must not exist
  /// @throws IllegalArgumentException if a number is out of range
  @SuppressWarnings("checkstyle:parameternumber") // the components of the record but one
  public CompositeRequest(
      List<Source> sources,
      Suites suites,
      int maxComponents,
      double threshold,
      long seed,
      Stamp stamp,
      Packing packing,
      Path output) {
    this(sources, suites, maxComponents, threshold, seed, stamp, packing, Combining.ROUTE, output);
  }

  /// {@return the same request with experts that answer in another way}
  ///
  /// @param other how the experts answer
  public CompositeRequest withCombining(Combining other) {
    return new CompositeRequest(
        sources, suites, maxComponents, threshold, seed, stamp, packing, other, output);
  }

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException if a number is out of range
  public CompositeRequest {
    sources = List.copyOf(sources);
    if (sources.isEmpty() || sources.size() > MOST_SOURCES) {
      throw new IllegalArgumentException(
          "expected 1 to %d sources, found %d".formatted(MOST_SOURCES, sources.size()));
    }
    DistillRequest.requireRanges(maxComponents, threshold);
  }
}
