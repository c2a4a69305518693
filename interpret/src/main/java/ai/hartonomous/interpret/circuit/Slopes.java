package ai.hartonomous.interpret.circuit;

import ai.hartonomous.interpret.circuit.CircuitGraph.Slot;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.tensor.Matrix;

/// Adds up the slopes of the metric at every slot and neuron over backward passes.
final class Slopes implements Hooks {
  private final SlotPlaces places;
  private final int layers;
  private final int size;

  /// `[slots, R, D]`.
  final float[] slots;

  /// For each layer `[R, N]`.
  final float[][] neurons;

  Slopes(CircuitGraph graph, ModelConfig config, int rows) {
    places = new SlotPlaces(graph);
    layers = config.layers().size();
    size = rows * config.width();
    slots = new float[Math.multiplyExact(graph.slots().size(), size)];
    neurons = new float[layers][];
    for (int l = 0; l < layers; l++) {
      neurons[l] = new float[rows * config.layers().get(l).neurons()];
    }
  }

  @Override
  public void at(HookPoint point, Matrix gradient) {
    int l = point.layer();
    switch (point.site()) {
      case QUERY_INPUT, KEY_INPUT, VALUE_INPUT -> {
        Slot first = places.first(point.site(), l);
        for (int h = 0; h < gradient.rows() * gradient.cols() / size; h++) {
          int slot = places.number(new Slot(first.reader(), l, h));
          add(gradient, h * size, slots, slot * size, size);
        }
      }
      case MLP_RESIDUAL ->
          add(gradient, 0, slots, places.number(places.first(point.site(), l)) * size, size);
      case RESIDUAL_AFTER ->
          add(gradient, 0, slots, slots.length - size, l == layers - 1 ? size : 0);
      case NEURONS -> add(gradient, 0, neurons[l], 0, neurons[l].length);
      default -> add(gradient, 0, slots, 0, 0);
    }
  }

  private static void add(Matrix gradient, int from, float[] to, int at, int count) {
    for (int i = 0; i < count; i++) {
      to[at + i] += gradient.data()[gradient.offset() + from + i];
    }
  }
}
