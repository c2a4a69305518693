package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.Scorer;
import ai.hartonomous.distill.capability.Scoring;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Mixture;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// All experts of an agent, which answer items together.
///
/// @param mixture their models
/// @param tokenizer of all
record MixedExperts(Mixture mixture, Tokenizer tokenizer) {

  static MixedExperts read(CompositeAgent agent, Kernels kernels) throws IOException {
    List<Asked> experts = new ArrayList<>();
    for (Path folder : agent.experts()) {
      experts.add(Asked.read(folder));
    }
    agent.requireMixable(
        experts.stream().map(Asked::model).toList(),
        experts.stream().map(Asked::tokenizer).toList());
    List<Transformer> transformers =
        experts.stream().map(it -> new Transformer(it.model(), kernels)).toList();
    return new MixedExperts(new Mixture(transformers), experts.getFirst().tokenizer());
  }

  /// {@return whether an item is right by its own metric; one that cannot be asked is not}
  ///
  /// @param weights of the experts for its prompt
  boolean right(CapabilityItem item, double[] weights) throws IOException {
    if (Expressible.obstacle(item, tokenizer, mixture.positions()).isPresent()) {
      return false;
    }
    var scorer = new Scorer(mixture, weights, tokenizer);
    return scorer.measure(List.of(item), Scoring.USUAL).getFirst().values()[0] > 0.5;
  }
}
