package ai.hartonomous.platform.query;

import ai.hartonomous.platform.graph.Direction;
import ai.hartonomous.platform.graph.Graphs;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Where to look in the graph: around a feature, or along the strongest paths between two.
///
/// @param circuitId circuit to stay in; the user's whole graph if null
/// @param from id of the feature to begin at
/// @param to id of the feature that paths end at; if null, what lies around `from` is found
/// @param direction without `to`: which way edges are followed; `both` if null
/// @param depth most edges from `from`; 1 if null, 4 of paths
/// @param minStrength edges of less absolute strength do not count; 0 if null
record InGraph(
    @Nullable UUID circuitId,
    @NotNull @Size(min = 1, max = 300) String from,
    @Nullable @Size(min = 1, max = 300) String to,
    @Nullable Direction direction,
    @Nullable @Min(1) @Max(Graphs.MOST_DEPTH) Integer depth,
    @Nullable @DecimalMin("0") @DecimalMax("1e30") Double minStrength) {

  Direction way() {
    return Objects.requireNonNullElse(direction, Direction.BOTH);
  }

  int edges() {
    return Objects.requireNonNullElse(depth, to == null ? 1 : 4);
  }

  double strength() {
    return Objects.requireNonNullElse(minStrength, 0.0);
  }
}
