package ai.hartonomous.distill;

import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.capability.SuiteException;
import ai.hartonomous.distill.pack.Packing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What to distil and what the result must keep.
///
/// @param source folder or file of the source model
/// @param suites what to keep, and what to measure besides
/// @param maxComponents most heads and neurons the agent may have, from 100 to 10,000
/// @param threshold share of the source's figure that every capability of the target suites must
///   keep on held-out items, from 0 to 1, where the suite has no floor of its own; 0 asks for
///   nothing
/// @param seed decides everything random
/// @param stamp what to state in the manifest about its making
/// @param packing what the folder holds beside the Hugging Face files
/// @param targets what it may cost besides
/// @param output folder to make; must not exist
public record DistillRequest(
    Path source,
    Suites suites,
    int maxComponents,
    double threshold,
    long seed,
    Stamp stamp,
    Packing packing,
    Targets targets,
    Path output) {
  /// Smallest `maxComponents`.
  public static final int LEAST_COMPONENTS = 100;

  /// Largest `maxComponents`.
  public static final int MOST_COMPONENTS = 10_000;

  /// Who makes the agent, and when.
  ///
  /// @param createdBy program and version
  /// @param created the time to state
  public record Stamp(String createdBy, Instant created) {}

  /// Suite files.
  ///
  /// @param targets what the agent must keep, at least one
  /// @param others measured on source and agent, but not kept on purpose
  public record Suites(List<Target> targets, List<Path> others) {

    /// Copies the lists.
    ///
    /// @throws IllegalArgumentException if there is no target
    public Suites {
      targets = List.copyOf(targets);
      others = List.copyOf(others);
      if (targets.isEmpty()) {
        throw new IllegalArgumentException("a request needs a suite to keep");
      }
    }

    /// One suite to keep as the request's threshold says.
    ///
    /// @param target what the agent must keep
    /// @param others measured on source and agent, but not kept on purpose
    public Suites(Path target, List<Path> others) {
      this(List.of(new Target(target, null)), others);
    }
  }

  /// A suite that the agent must keep.
  ///
  /// @param file the suite
  /// @param floor share of the source's figure to keep, from 0 to 1, where it differs from the
  ///   request's threshold
  public record Target(Path file, @Nullable Double floor) {

    /// Checks the floor.
    ///
    /// @throws IllegalArgumentException if it is out of range
    public Target {
      if (floor != null && !(floor >= 0 && floor <= 1)) {
        throw new IllegalArgumentException("floor %s outside 0..1".formatted(floor));
      }
    }
  }

  /// {@return the same request with other files beside}
  ///
  /// @param other what the folder holds beside the Hugging Face files
  public DistillRequest withPacking(Packing other) {
    return new DistillRequest(
        source, suites, maxComponents, threshold, seed, stamp, other, targets, output);
  }

  /// {@return the same request with other costs}
  ///
  /// @param other what the agent may cost
  public DistillRequest withTargets(Targets other) {
    return new DistillRequest(
        source, suites, maxComponents, threshold, seed, stamp, packing, other, output);
  }

  /// Asks for an agent of any cost within its components.
  ///
  /// @param source folder or file of the source model
  /// @param suites what to keep, and what to measure besides
  /// @param maxComponents most heads and neurons the agent may have, from 100 to 10,000
  /// @param threshold share of the source's figure to keep, from 0 to 1
  /// @param seed decides everything random
  /// @param stamp what to state in the manifest about its making
  /// @param packing what the folder holds beside the Hugging Face files
  /// @param output folder to make; must not exist
  /// @throws IllegalArgumentException if a number is out of range
  @SuppressWarnings("checkstyle:parameternumber") // the components of the record but one
  public DistillRequest(
      Path source,
      Suites suites,
      int maxComponents,
      double threshold,
      long seed,
      Stamp stamp,
      Packing packing,
      Path output) {
    this(source, suites, maxComponents, threshold, seed, stamp, packing, Targets.NONE, output);
  }

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException if a number is out of range
  public DistillRequest {
    requireRanges(maxComponents, threshold);
  }

  /// Checks the ranges that requests of any number of sources have in common.
  ///
  /// @param maxComponents most heads and neurons
  /// @param threshold share of the source's figures to keep
  /// @throws IllegalArgumentException if a number is out of range
  public static void requireRanges(int maxComponents, double threshold) {
    if (maxComponents < LEAST_COMPONENTS || maxComponents > MOST_COMPONENTS) {
      throw new IllegalArgumentException(
          "maxComponents %d outside %d..%d"
              .formatted(maxComponents, LEAST_COMPONENTS, MOST_COMPONENTS));
    }
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new IllegalArgumentException("threshold %s outside 0..1".formatted(threshold));
    }
  }

  /// {@return one of the suites that a request names}
  ///
  /// @param file the suite
  /// @throws InvalidRequestException if there is none, or it is not one
  /// @throws IOException if it cannot be read
  public static CapabilitySuite suite(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new InvalidRequestException("no suite file at " + file);
    }
    try {
      return CapabilitySuite.read(file);
    } catch (SuiteException e) {
      throw new InvalidRequestException(String.valueOf(e.getMessage()));
    }
  }
}
