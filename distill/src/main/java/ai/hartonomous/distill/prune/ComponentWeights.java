package ai.hartonomous.distill.prune;

import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import java.util.Arrays;

/// How many weights belong to heads and neurons. A key/value head belongs to the query heads that
/// read it and counts once as long as one of them stays.
public final class ComponentWeights {
  private final ModelConfig config;

  /// Counts the weights of one model.
  ///
  /// @param config the model
  public ComponentWeights(ModelConfig config) {
    this.config = config;
  }

  /// {@return weights of one query head: its query rows and output columns; a key/value head has as
  /// many, in key and value rows}
  public long ofHead() {
    return 2L * config.extents().headWidth() * config.width();
  }

  /// {@return weights of one neuron}
  public long ofNeuron() {
    return (config.block().gated() ? 3L : 2L) * config.width();
  }

  /// {@return weights of a choice}
  ///
  /// @param keep what stays
  public long of(Keep keep) {
    long sum = 0;
    for (int l = 0; l < keep.layers().size(); l++) {
      sum += ofHeads(l, keep.layers().get(l).heads());
      sum += ofNeuron() * keep.layers().get(l).neurons().length;
    }
    return sum;
  }

  /// {@return weights of all heads and neurons}
  public long ofAll() {
    return of(Keep.all(config));
  }

  /// {@return weights of some heads of one layer, with the key/value heads that they read}
  ///
  /// @param layer number of the layer
  /// @param heads the heads
  public long ofHeads(int layer, int[] heads) {
    LayerConfig of = config.layers().get(layer);
    long keyHeads = Arrays.stream(heads).map(h -> of.keyHeadOf()[h]).distinct().count();
    return ofHead() * (heads.length + keyHeads);
  }
}
