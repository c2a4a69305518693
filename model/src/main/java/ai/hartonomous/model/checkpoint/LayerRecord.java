package ai.hartonomous.model.checkpoint;

import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The key `hartonomous_layers`: what the layers of a model were before they were padded to a
/// common width. Other readers ignore it, and compute the same function with the zeros.
final class LayerRecord {
  /// Name of the key.
  static final String KEY = "hartonomous_layers";

  private static final int MOST = 1 << 20;

  private LayerRecord() {}

  /// {@return the layers of a file}
  ///
  /// @param config object that may have the key
  /// @param stored a layer as the file has it
  /// @param count number of layers
  static List<StoredLayer> read(ConfigObject config, LayerConfig stored, int count)
      throws CheckpointException {
    return read(config, Collections.nCopies(count, stored));
  }

  /// {@return the layers of a file}
  ///
  /// @param config object that may have the key
  /// @param stored layers as the file has them
  static List<StoredLayer> read(ConfigObject config, List<LayerConfig> stored)
      throws CheckpointException {
    if (!config.has(KEY)) {
      return stored.stream().map(StoredLayer::whole).toList();
    }
    List<ConfigObject> records = config.objects(KEY);
    if (records.size() != stored.size()) {
      throw config.unexpected(KEY, stored.size() + " layers", "" + records.size());
    }
    List<StoredLayer> layers = new ArrayList<>();
    for (ConfigObject record : records) {
      layers.add(layer(record, stored.get(layers.size())));
    }
    return layers;
  }

  /// {@return the layers of a file in which each has its own widths}
  ///
  /// @param config object that has the key
  /// @param count number of layers
  static List<StoredLayer> readOwn(ConfigObject config, int count) throws CheckpointException {
    List<ConfigObject> records = config.objects(KEY);
    if (records.size() != count) {
      throw config.unexpected(KEY, count + " layers", "" + records.size());
    }
    List<StoredLayer> layers = new ArrayList<>();
    for (ConfigObject record : records) {
      int[] keyHeadOf = record.integers("key_head_of");
      int keyHeads = record.atLeast(0, "key_heads");
      int neurons = record.atLeast(0, "neurons");
      for (int keyHead : keyHeadOf) {
        if (keyHead < 0 || keyHead >= keyHeads) {
          throw record.unexpected("key_head_of", "numbers below " + keyHeads, "" + keyHead);
        }
      }
      if (keyHeads > MOST || neurons > MOST) {
        throw record.unexpected("neurons", "at most " + MOST, Math.max(keyHeads, neurons) + "");
      }
      layers.add(StoredLayer.narrow(new LayerConfig(keyHeadOf, keyHeads, neurons)));
    }
    return layers;
  }

  private static StoredLayer layer(ConfigObject record, LayerConfig stored)
      throws CheckpointException {
    int[] keyHeadOf = record.integers("key_head_of");
    int keyHeads = record.atLeast(0, "key_heads");
    int neurons = record.atLeast(0, "neurons");
    boolean inRange = keyHeads <= stored.keyHeads() && neurons <= stored.neurons();
    for (int keyHead : keyHeadOf) {
      inRange &= keyHead >= 0 && keyHead < keyHeads;
    }
    var layer = new LayerConfig(keyHeadOf, keyHeads, neurons);
    if (!inRange || StoredLayer.widestGroup(layer) > stored.heads() / stored.keyHeads()) {
      throw record.unexpected(
          "key_head_of",
          "at most %d heads in %d groups and %d neurons"
              .formatted(stored.heads(), stored.keyHeads(), stored.neurons()),
          "%d heads in %d groups and %d neurons".formatted(keyHeadOf.length, keyHeads, neurons));
    }
    return new StoredLayer(layer, stored.heads(), stored.keyHeads(), stored.neurons());
  }

  /// {@return the value of the key}
  static ArrayNode write(List<StoredLayer> layers) {
    ArrayNode records = JsonNodeFactory.instance.arrayNode();
    for (StoredLayer layer : layers) {
      ObjectNode record = records.addObject();
      ArrayNode keyHeadOf = record.putArray("key_head_of");
      for (int keyHead : layer.layer().keyHeadOf()) {
        keyHeadOf.add(keyHead);
      }
      record.put("key_heads", layer.layer().keyHeads());
      record.put("neurons", layer.layer().neurons());
    }
    return records;
  }
}
