package ai.hartonomous.platform.query;

import ai.hartonomous.platform.graph.Feature;
import ai.hartonomous.platform.graph.FeatureKind;
import ai.hartonomous.platform.graph.Graphs;
import ai.hartonomous.platform.graph.Graphs.Paths;
import ai.hartonomous.platform.graph.Graphs.PathsAsked;
import ai.hartonomous.platform.graph.Influence;
import ai.hartonomous.platform.graph.Neighbourhood;
import ai.hartonomous.platform.graph.Neighbourhood.Reached;
import ai.hartonomous.platform.graph.Walk;
import ai.hartonomous.platform.graph.Wanted;
import ai.hartonomous.platform.vector.EmbeddingKind;
import ai.hartonomous.platform.web.Problem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Finds features around a feature, or the strongest paths between two, among those of models that
/// fit the filters.
@Component
class GraphSearches {

  private static final int USUAL = 10;

  private final Graphs graphs;
  private final FittingModels models;

  GraphSearches(Graphs graphs, FittingModels models) {
    this.graphs = graphs;
    this.models = models;
  }

  /// What was found.
  ///
  /// @param items features with their distance, or paths
  /// @param next cursor of the next page, or null
  /// @param graph what lies between the items
  record Found(List<?> items, @Nullable String next, Connections graph) {}

  Found find(ModelQuery query) {
    InGraph where = query.graph();
    if (where == null) {
      throw Problem.invalid("graph", "is needed for a query of type graph");
    }
    Set<UUID> fitting = models.of(query);
    if (fitting != null && fitting.isEmpty()) {
      return new Found(List.of(), null, new Connections(null, null, true));
    }
    Wanted wanted = wanted(query.place(), fitting);
    return where.to() == null
        ? around(where, wanted, query)
        : paths(where, where.to(), wanted, query);
  }

  private static Wanted wanted(Where place, @Nullable Set<UUID> fitting) {
    if (place.sourceIds() != null) {
      throw Problem.invalid("where.sourceIds", "is not for a query of type graph");
    }
    Set<EmbeddingKind> kinds = Objects.requireNonNullElse(place.kinds(), Set.of());
    if (kinds.contains(EmbeddingKind.CAPABILITY)) {
      throw Problem.invalid("where.kinds", "cannot be capability in a query of type graph");
    }
    return new Wanted(
        fitting != null ? fitting : Objects.requireNonNullElse(place.modelIds(), Set.of()),
        kinds.stream().map(kind -> FeatureKind.valueOf(kind.name())).collect(Collectors.toSet()),
        place.firstLayer(),
        place.lastLayer());
  }

  private Found around(InGraph where, Wanted wanted, ModelQuery query) {
    var walk =
        new Walk(
            where.from(),
            where.way(),
            where.edges(),
            where.strength(),
            Graphs.MOST_NEIGHBOURS,
            wanted);
    Neighbourhood all = graphs.neighbourhood(where.circuitId(), walk);
    List<Reached> features = all.features();
    int start = query.cursor() == null ? 0 : start(features, query.cursor());
    int end = Math.min(features.size(), start + query.most(USUAL));
    String next = end < features.size() ? cursor(features.get(end - 1)) : null;
    List<Influence> influences = closedBy(features, start, end, all.influences());
    return new Found(
        features.subList(start, end), next, new Connections(null, influences, !all.truncated()));
  }

  /// {@return the edges whose later end stands on a page, so that each comes on one page}
  private static List<Influence> closedBy(
      List<Reached> features, int start, int end, List<Influence> influences) {
    Map<String, Integer> places = HashMap.newHashMap(features.size());
    for (Reached reached : features) {
      places.put(reached.feature().id(), places.size());
    }
    List<Influence> closed = new ArrayList<>();
    for (Influence influence : influences) {
      int later =
          Math.max(
              places.getOrDefault(influence.sourceId(), end),
              places.getOrDefault(influence.targetId(), end));
      if (later >= start && later < end) {
        closed.add(influence);
      }
    }
    return closed;
  }

  private static String cursor(Reached last) {
    String text = last.distance() + " " + last.feature().id();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /// {@return the place of the first feature after the one that a cursor names, which may be gone}
  private static int start(List<Reached> features, String cursor) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      int space = text.indexOf(' ');
      int distance = Integer.parseInt(text.substring(0, Math.max(0, space)));
      String id = text.substring(space + 1);
      int start = 0;
      while (start < features.size() && !isAfter(features.get(start), distance, id)) {
        start++;
      }
      return start;
    } catch (IllegalArgumentException _) {
      throw Problem.invalid("cursor", "is not one that a page of this query named as its next");
    }
  }

  private static boolean isAfter(Reached reached, int distance, String id) {
    return reached.distance() > distance
        || (reached.distance() == distance && reached.feature().id().compareTo(id) > 0);
  }

  private Found paths(InGraph where, String to, Wanted wanted, ModelQuery query) {
    if (where.direction() != null) {
      throw Problem.invalid("graph.direction", "is not for paths, which follow edges");
    }
    if (query.cursor() != null) {
      throw Problem.invalid("cursor", "is not for paths, which come on one page");
    }
    int count = query.most(USUAL);
    if (count > Graphs.MOST_PATHS) {
      throw Problem.invalid("limit", "must be 1 to %d for paths".formatted(Graphs.MOST_PATHS));
    }
    if (where.from().equals(to)) {
      throw Problem.invalid("graph.to", "must be another feature than 'from'");
    }
    var asked = new PathsAsked(where.edges(), where.strength(), count, wanted);
    Paths found = graphs.paths(where.circuitId(), where.from(), to, asked);
    List<Feature> features = found.features();
    return new Found(found.paths(), null, new Connections(features, null, found.complete()));
  }
}
