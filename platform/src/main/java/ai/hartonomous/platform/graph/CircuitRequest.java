package ai.hartonomous.platform.graph;

import ai.hartonomous.platform.web.Problem;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What is to be put into the graph, as the API takes it: features and relationships, or what an
/// analysis measured, or what an agent retains.
///
/// @param name name of the circuit; a circuit of this name is added to; if null `analysis ID` or
///   `agent ID`, or one made up from its features
/// @param description what it is
/// @param modelId model it is of
/// @param features its features; with `relationships` only
/// @param relationships which feature influences which; their ends are among `features` or were
///   stored before
/// @param analysisId a circuits or graphs analysis to put in instead
/// @param agentId an agent whose retained components to put in instead
public record CircuitRequest(
    @Nullable @Size(min = 1, max = 255) @Pattern(regexp = PLAIN) String name,
    @Nullable @Size(max = 2000) @Pattern(regexp = TEXT) String description,
    @Nullable UUID modelId,
    @Nullable @Size(max = MOST_FEATURES) List<@NotNull @Valid FeatureItem> features,
    @Nullable @Size(max = MOST_RELATIONSHIPS) List<@NotNull @Valid RelationshipItem> relationships,
    @Nullable UUID analysisId,
    @Nullable UUID agentId) {

  /// Most features in one request.
  public static final int MOST_FEATURES = 10_000;

  /// Most relationships in one request.
  public static final int MOST_RELATIONSHIPS = 50_000;

  /// Names: no control characters, no halves of characters.
  static final String PLAIN = "[^\\p{Cntrl}\\p{Cs}]*";

  /// Longer texts: as names, but with line breaks and tabs.
  static final String TEXT = "[[^\\p{Cntrl}\\p{Cs}]\\r\\n\\t]*";

  private static final String MOST = "1e30";
  private static final String LEAST = "-1e30";

  /// A feature.
  ///
  /// @param id names it among the user's features
  /// @param name for people; the id if null
  /// @param kind what it stands for; `feature` if null
  /// @param activation how active it is
  /// @param sparsity share of tokens on which it is active
  /// @param interpretation what it seems to mean
  /// @param modelId model it belongs to; the circuit's if null
  /// @param layer layer it stands in, from 0
  /// @param coder coder whose latent it is
  /// @param index number of the latent, head or neuron, from 0
  public record FeatureItem(
      @NotNull @Size(min = 1, max = 300) @Pattern(regexp = PLAIN) String id,
      @Nullable @Size(min = 1, max = 255) @Pattern(regexp = PLAIN) String name,
      @Nullable FeatureKind kind,
      @Nullable @DecimalMin(LEAST) @DecimalMax(MOST) Double activation,
      @Nullable @DecimalMin(LEAST) @DecimalMax(MOST) Double sparsity,
      @Nullable @Size(max = 2000) @Pattern(regexp = TEXT) String interpretation,
      @Nullable UUID modelId,
      @Nullable @Min(0) Integer layer,
      @Nullable @Size(max = 100) @Pattern(regexp = PLAIN) String coder,
      @Nullable @Min(0) Integer index) {

    Feature feature(@Nullable UUID modelOfCircuit) {
      String shown = name == null ? id : name;
      return new Feature(
          id,
          shown.length() > 255 ? shown.substring(0, 255) : shown,
          Objects.requireNonNullElse(kind, FeatureKind.FEATURE),
          activation,
          sparsity,
          interpretation,
          new Feature.Place(modelId == null ? modelOfCircuit : modelId, layer, coder, index),
          null);
    }
  }

  /// One feature influences another.
  ///
  /// @param sourceId the feature that influences
  /// @param targetId the feature that is influenced
  /// @param strength how strongly, negative where it inhibits
  /// @param confidence 0 to 1
  /// @param method how it was measured
  /// @param samples number of prompts, pairs or positions it was measured on
  /// @param seed of what was random
  public record RelationshipItem(
      @NotNull @Size(min = 1, max = 300) @Pattern(regexp = PLAIN) String sourceId,
      @NotNull @Size(min = 1, max = 300) @Pattern(regexp = PLAIN) String targetId,
      @NotNull @DecimalMin(LEAST) @DecimalMax(MOST) Double strength,
      @Nullable @DecimalMin("0") @DecimalMax("1") Double confidence,
      @Nullable @Size(max = 100) @Pattern(regexp = PLAIN) String method,
      @Nullable @Min(0) Integer samples,
      @Nullable Long seed) {

    Influence influence() {
      return new Influence(
          sourceId,
          targetId,
          strength,
          new Influence.Evidence(confidence, method, samples, seed),
          null);
    }
  }

  /// {@return a request of features and relationships alone}
  ///
  /// @param features its features
  /// @param relationships which feature influences which
  public static CircuitRequest of(
      List<FeatureItem> features, List<RelationshipItem> relationships) {
    return new CircuitRequest(null, null, null, features, relationships, null, null);
  }

  /// {@return what to store, where the request itself has the features}
  ///
  /// @throws ai.hartonomous.platform.web.ProblemException if nothing is there, or comes twice
  CircuitDraft draft() {
    List<FeatureItem> nodes = Objects.requireNonNullElse(features, List.of());
    List<RelationshipItem> edges = Objects.requireNonNullElse(relationships, List.of());
    if (nodes.isEmpty() && edges.isEmpty()) {
      throw Problem.invalid("features", "must name a feature, or relationships must");
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < nodes.size(); i++) {
      refuseTwice(seen.add(nodes.get(i).id), "features[%d].id".formatted(i));
    }
    List<Influence> influences = edges.stream().map(RelationshipItem::influence).toList();
    seen.clear();
    for (int i = 0; i < influences.size(); i++) {
      refuseTwice(seen.add(influences.get(i).key()), "relationships[%d]".formatted(i));
    }
    var draft =
        new CircuitDraft(
            "",
            description,
            new Circuit.Origin(modelId, null, null),
            nodes.stream().map(node -> node.feature(modelId)).toList(),
            influences);
    return named(draft);
  }

  private static void refuseTwice(boolean first, String field) {
    if (!first) {
      throw Problem.invalid(field, "comes twice");
    }
  }

  /// {@return the draft under the name that was asked for, or its own, or one made up from its
  /// features}
  CircuitDraft named(CircuitDraft draft) {
    String own = draft.name().isEmpty() ? CircuitNames.of(draft) : draft.name();
    return new CircuitDraft(
        name == null ? own : name,
        description == null ? draft.description() : description,
        draft.origin(),
        draft.features(),
        draft.influences());
  }
}
