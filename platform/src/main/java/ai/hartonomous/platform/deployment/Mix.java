package ai.hartonomous.platform.deployment;

import ai.hartonomous.model.generate.Voice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Experts that answer a question together.
///
/// @param names of the experts, as the router has them
/// @param experts the models, which share a vocabulary
/// @param weights of the experts for the question, which sum to one
public record Mix(List<String> names, List<LoadedAgent> experts, double[] weights) {

  /// Copies.
  public Mix {
    names = List.copyOf(names);
    experts = List.copyOf(experts);
    weights = weights.clone();
  }

  /// {@return who continues the text}
  public Voice voice() {
    return new Voice(
        experts.stream().map(LoadedAgent::model).toList(), weights, experts.getFirst().tokenizer());
  }

  /// {@return longest text that all experts can read, in tokens}
  public int context() {
    return experts.stream()
        .mapToInt(expert -> expert.config().extents().positions())
        .min()
        .orElseThrow();
  }

  /// {@return the weight of each expert, by its name}
  public Map<String, Double> byName() {
    Map<String, Double> all = new LinkedHashMap<>();
    for (int k = 0; k < weights.length; k++) {
      all.put(names.get(k), weights[k]);
    }
    return all;
  }
}
