package ai.hartonomous.distill.pack;

import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.evaluate.Retention;
import ai.hartonomous.distill.importance.ComponentScores;
import ai.hartonomous.distill.prune.Keep;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where an agent comes from, apart from its figures.
///
/// @param source the model it was cut from
/// @param teacher the model it learned from, where that is another one; null for the source
/// @param making how it was made
/// @param suites what it was made and measured with
/// @param keep which components of the source it has
/// @param scores importance of the source's components for the target suite
public record Manifest(
    Source source,
    @Nullable Source teacher,
    Making making,
    List<Suite> suites,
    Keep keep,
    ComponentScores scores) {

  /// Copies the list.
  public Manifest {
    suites = List.copyOf(suites);
  }

  /// An agent that learned from its source.
  ///
  /// @param source the model it was cut from
  /// @param making how it was made
  /// @param suites what it was made and measured with
  /// @param keep which components of the source it has
  /// @param scores importance of the source's components for the target suite
  public Manifest(
      Source source, Making making, List<Suite> suites, Keep keep, ComponentScores scores) {
    this(source, null, making, suites, keep, scores);
  }

  /// {@return what the licences of source and teacher mean for the agent}
  public Licences.Verdict licence() {
    Map<String, Optional<String>> licences = new LinkedHashMap<>();
    licences.put(source.name(), Optional.ofNullable(source.licence()));
    Source other = teacher;
    if (other != null) {
      licences.put("teacher " + other.name(), Optional.ofNullable(other.licence()));
    }
    return Licences.combine(licences);
  }

  /// The model an agent was cut from.
  ///
  /// @param name name of its folder
  /// @param path where it lies; not written down
  /// @param contentHash SHA-256 over weights and configuration
  /// @param tokenizerHash SHA-256 over the vocabulary
  /// @param licence as its model card states it, or null where it states none
  /// @param owner as its model card states it, or null where it states none
  public record Source(
      String name,
      Path path,
      String contentHash,
      String tokenizerHash,
      @Nullable String licence,
      @Nullable String owner) {}

  /// How an agent was made.
  ///
  /// @param createdBy program and version
  /// @param created when
  /// @param seed source of everything random
  /// @param threads threads that computed; another number rounds differently
  /// @param maxComponents limit of the request
  /// @param threshold share of the source's score that was asked for
  /// @param recipe all fixed choices, in words
  public record Making(
      String createdBy,
      Instant created,
      long seed,
      int threads,
      int maxComponents,
      double threshold,
      String recipe) {}

  /// A suite that was used.
  ///
  /// @param kind whether the agent was asked to keep it
  /// @param suite its items, calibration and held-out
  public record Suite(Retention.Kind kind, CapabilitySuite suite) {}
}
