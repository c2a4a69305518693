package ai.hartonomous.model.checkpoint;

import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;

/// A layer and the extents it has in a file, where layers may be padded with zeros to a common
/// width. In the file query heads share key heads in equal, consecutive groups.
///
/// @param layer the layer of the model
/// @param heads query heads in the file, a multiple of `keyHeads`
/// @param keyHeads key/value heads in the file
/// @param neurons neurons in the file
record StoredLayer(LayerConfig layer, int heads, int keyHeads, int neurons) {

  StoredLayer {
    if (keyHeads < 1 || heads % keyHeads != 0) {
      throw new IllegalArgumentException("%d heads in %d groups".formatted(heads, keyHeads));
    }
    if (layer.keyHeads() > keyHeads
        || layer.neurons() > neurons
        || widestGroup(layer) > heads / keyHeads) {
      throw new IllegalArgumentException(
          "a layer with %d key heads, groups of %d and %d neurons does not fit %d, %d and %d"
              .formatted(
                  layer.keyHeads(),
                  widestGroup(layer),
                  layer.neurons(),
                  keyHeads,
                  heads / keyHeads,
                  neurons));
    }
  }

  /// {@return a layer without padding}
  static StoredLayer whole(LayerConfig layer) {
    return new StoredLayer(layer, layer.heads(), layer.keyHeads(), layer.neurons());
  }

  /// {@return a layer with its own widths: only its groups are filled to equal ones, and nothing is
  /// empty}
  static StoredLayer narrow(LayerConfig layer) {
    int keyHeads = Math.max(1, layer.keyHeads());
    int group = Math.max(1, widestGroup(layer));
    return new StoredLayer(layer, keyHeads * group, keyHeads, Math.max(1, layer.neurons()));
  }

  /// {@return the most query heads that share one key head}
  static int widestGroup(LayerConfig layer) {
    int[] sizes = new int[layer.keyHeads()];
    int widest = 0;
    for (int keyHead : layer.keyHeadOf()) {
      widest = Math.max(widest, ++sizes[keyHead]);
    }
    return widest;
  }

  /// {@return where the query heads stand}
  ///
  /// @param headWidth rows of one head
  Units queryUnits(int headWidth) {
    int group = heads / keyHeads;
    int[] used = new int[keyHeads];
    int[] at = new int[layer.heads()];
    for (int h = 0; h < at.length; h++) {
      int keyHead = layer.keyHeadOf()[h];
      at[h] = keyHead * group + used[keyHead]++;
    }
    return new Units(at, at.length, heads, headWidth);
  }

  /// {@return where the key/value heads stand}
  ///
  /// @param headWidth rows of one head
  Units keyUnits(int headWidth) {
    return new Units(null, layer.keyHeads(), keyHeads, headWidth);
  }

  /// {@return where the neurons stand}
  Units neuronUnits() {
    return Units.first(layer.neurons(), neurons);
  }

  /// {@return whether the file holds this layer as it is: no padding, equal consecutive groups}
  boolean isWhole() {
    return layer.heads() == heads
        && layer.keyHeads() == keyHeads
        && layer.neurons() == neurons
        && queryUnits(1).isIdentity();
  }
}
