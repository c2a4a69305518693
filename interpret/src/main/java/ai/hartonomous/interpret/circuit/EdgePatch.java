package ai.hartonomous.interpret.circuit;

import ai.hartonomous.interpret.circuit.CircuitGraph.Kind;
import ai.hartonomous.interpret.circuit.CircuitGraph.Slot;
import ai.hartonomous.interpret.circuit.CircuitGraph.Source;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.HashMap;
import java.util.Map;

/// Lets edges outside a circuit carry replaced values: in a pass with split readers, every slot
/// reads the live residual stream plus, for each of its edges outside, the replacement of what the
/// source writes minus what it writes in this very pass.
final class EdgePatch implements Hooks {
  private final Model model;
  private final CircuitGraph graph;
  private final Kernels kernels;
  private final SlotPlaces places;
  private final Map<Source, Integer> numbers = new HashMap<>();
  private final boolean[] inside;
  private final boolean[] wanted;
  private final float[] replacements;
  private final float[] change;
  private final int size;

  /// @param inside for each edge, whether it carries what its source writes
  /// @param replacements what the other edges carry, `[sources, R, D]`
  EdgePatch(
      Model model, CircuitGraph graph, Kernels kernels, boolean[] inside, float[] replacements) {
    this.model = model;
    this.graph = graph;
    this.kernels = kernels;
    this.inside = inside;
    this.replacements = replacements;
    places = new SlotPlaces(graph);
    int sources = graph.sources().size();
    size = replacements.length / sources;
    change = new float[replacements.length];
    wanted = new boolean[sources];
    for (int e = 0; e < inside.length; e++) {
      wanted[graph.sourceOf(e)] |= !inside[e];
    }
    for (int u = 0; u < sources; u++) {
      numbers.put(graph.sources().get(u), u);
    }
  }

  @Override
  public void at(HookPoint point, Matrix values) {
    int l = point.layer();
    switch (point.site()) {
      case RESIDUAL_BEFORE -> written(new Source(Kind.INPUT, l, 0), values);
      case HEAD_OUTPUT -> headsWritten(l, values);
      case MLP_OUTPUT -> written(new Source(Kind.MLP, l, 0), values);
      case QUERY_INPUT, KEY_INPUT, VALUE_INPUT -> {
        Slot first = places.first(point.site(), l);
        for (int h = 0; h < values.rows() * values.cols() / size; h++) {
          read(places.number(new Slot(first.reader(), l, h)), values, h * size);
        }
      }
      case MLP_RESIDUAL -> read(places.number(places.first(point.site(), l)), values, 0);
      case RESIDUAL_AFTER -> {
        if (l == model.config().layers().size() - 1) {
          read(graph.slots().size() - 1, values, 0);
        }
      }
      default -> {}
    }
  }

  private void headsWritten(int layer, Matrix heads) {
    int d = model.config().width();
    int rows = size / d;
    for (int h = 0; h < model.config().layers().get(layer).heads(); h++) {
      Source head = new Source(Kind.HEAD, layer, h);
      int u = number(head);
      if (wanted[u]) {
        Activations.addHead(
            model, head, heads, new Matrix(change, u * size, rows, d, d, 1), kernels);
        subtractFromReplacement(u);
      }
    }
  }

  private void written(Source source, Matrix values) {
    Integer u = numbers.get(source);
    if (u != null && wanted[u]) { // the residual stream before later layers is no source
      System.arraycopy(values.data(), values.offset(), change, u * size, size);
      subtractFromReplacement(u);
    }
  }

  private int number(Source source) {
    Integer number = numbers.get(source);
    if (number == null) {
      throw new IllegalArgumentException("no source " + source.name());
    }
    return number;
  }

  private void subtractFromReplacement(int source) {
    for (int i = source * size; i < (source + 1) * size; i++) {
      change[i] = replacements[i] - change[i];
    }
  }

  private void read(int slot, Matrix values, int from) {
    float[] to = values.data();
    int at = values.offset() + from;
    for (int u = 0; u < graph.parents(slot); u++) {
      if (!inside[graph.edge(u, slot)]) {
        for (int i = 0; i < size; i++) {
          to[at + i] += change[u * size + i];
        }
      }
    }
  }
}
