package ai.hartonomous.platform.graph;

import ai.hartonomous.platform.graph.Circuit.Origin;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What is to be stored about a circuit. A circuit of the same name gets what it does not have yet.
///
/// @param name name of the circuit
/// @param description what it is; null leaves what was known
/// @param origin what it was made from
/// @param features its features
/// @param influences edges; their ends are features of the draft or ones stored before, and belong
///   to the circuit
public record CircuitDraft(
    String name,
    @Nullable String description,
    Origin origin,
    List<Feature> features,
    List<Influence> influences) {

  /// Copies the lists.
  // Not the compact form: the compiler drops its type annotations, and NullAway reads them.
  public CircuitDraft(
      String name,
      @Nullable String description,
      Origin origin,
      List<Feature> features,
      List<Influence> influences) {
    this.name = name;
    this.description = description;
    this.origin = origin;
    this.features = List.copyOf(features);
    this.influences = List.copyOf(influences);
  }

  /// {@return a draft that a client brought}
  ///
  /// @param name name of the circuit
  /// @param features its features
  /// @param influences its edges
  public static CircuitDraft of(String name, List<Feature> features, List<Influence> influences) {
    return new CircuitDraft(name, null, Origin.NONE, features, influences);
  }

  /// {@return ids of all features of the draft, and of all ends of its edges, in order}
  public Set<String> members() {
    Set<String> members = new TreeSet<>();
    features.forEach(feature -> members.add(feature.id()));
    influences.forEach(
        influence -> {
          members.add(influence.sourceId());
          members.add(influence.targetId());
        });
    return members;
  }

  /// {@return ids of ends of edges that are not features of the draft, in order}
  public Set<String> borrowed() {
    Set<String> borrowed = members();
    features.forEach(feature -> borrowed.remove(feature.id()));
    return borrowed;
  }
}
