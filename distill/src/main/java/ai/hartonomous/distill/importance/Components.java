package ai.hartonomous.distill.importance;

import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// All heads and neurons of a model in one row: for each layer its heads, then its neurons.
public final class Components {
  private final List<LayerConfig> layers;
  private final int[] first;

  /// Numbers the components of a model.
  ///
  /// @param config the model
  public Components(ModelConfig config) {
    layers = config.layers();
    first = new int[layers.size() + 1];
    for (int l = 0; l < layers.size(); l++) {
      first[l + 1] = first[l] + layers.get(l).heads() + layers.get(l).neurons();
    }
  }

  /// {@return how many there are}
  public int count() {
    return first[layers.size()];
  }

  /// {@return number of layers}
  public int layers() {
    return layers.size();
  }

  /// {@return the number of a head}
  ///
  /// @param layer its layer
  /// @param head its place in the layer
  public int head(int layer, int head) {
    return first[layer] + head;
  }

  /// {@return the number of a neuron}
  ///
  /// @param layer its layer
  /// @param neuron its place in the layer
  public int neuron(int layer, int neuron) {
    return first[layer] + layers.get(layer).heads() + neuron;
  }

  /// {@return the layer of a component}
  ///
  /// @param component its number
  public int layer(int component) {
    int place = Arrays.binarySearch(first, component);
    if (place < 0) {
      return -place - 2;
    }
    int layer = place;
    while (first[layer + 1] == component) {
      layer++; // layers without components begin where they end
    }
    return layer;
  }

  /// {@return whether a component is a head}
  ///
  /// @param component its number
  public boolean isHead(int component) {
    int layer = layer(component);
    return component < first[layer] + layers.get(layer).heads();
  }

  /// {@return the place of a component among the heads, or the neurons, of its layer}
  ///
  /// @param component its number
  public int place(int component) {
    int layer = layer(component);
    int place = component - first[layer];
    int heads = layers.get(layer).heads();
    return place < heads ? place : place - heads;
  }

  /// {@return the scores of all components in this order}
  ///
  /// @param scores scores of the model
  public double[] flat(ComponentScores scores) {
    double[] flat = new double[count()];
    for (int l = 0; l < layers.size(); l++) {
      ComponentScores.Layer layer = scores.layers().get(l);
      System.arraycopy(layer.heads(), 0, flat, head(l, 0), layer.heads().length);
      System.arraycopy(layer.neurons(), 0, flat, neuron(l, 0), layer.neurons().length);
    }
    return flat;
  }

  /// {@return scores by layer}
  ///
  /// @param method name of the method
  /// @param items calibration items they are means over
  /// @param flat score of each component
  /// @param errors standard error of each
  public ComponentScores scores(String method, int items, double[] flat, double[] errors) {
    return new ComponentScores(
        method,
        items,
        IntStream.range(0, layers.size())
            .mapToObj(
                l ->
                    new ComponentScores.Layer(
                        Arrays.copyOfRange(flat, head(l, 0), neuron(l, 0)),
                        Arrays.copyOfRange(errors, head(l, 0), neuron(l, 0)),
                        Arrays.copyOfRange(flat, neuron(l, 0), first[l + 1]),
                        Arrays.copyOfRange(errors, neuron(l, 0), first[l + 1])))
            .toList());
  }
}
