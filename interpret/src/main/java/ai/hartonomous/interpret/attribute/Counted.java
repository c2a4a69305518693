package ai.hartonomous.interpret.attribute;

import java.util.Map;

/// Which nodes share in the influence of a target.
public enum Counted {
  /// Every node, biases and the leading positions too: nothing that adds to a value is left out.
  ALL,
  /// Features, errors and tokens only, as in circuit-tracer: for comparison with published scores.
  STANDARD;

  /// {@return whether nodes of a kind share}
  ///
  /// @param kind the kind
  public boolean counts(NodeKind kind) {
    return switch (kind) {
      case FEATURE, ERROR, SKIP, TOKEN, LOGIT -> true;
      default -> this == ALL;
    };
  }

  /// {@return sum of the absolute edges of a row that share}
  ///
  /// @param row edges into one target
  public double sum(EdgeRow row) {
    double sum = 0;
    for (Map.Entry<NodeKind, Double> part : row.absolute().entrySet()) {
      sum += counts(part.getKey()) ? part.getValue() : 0;
    }
    return sum;
  }
}
