package ai.hartonomous.interpret.circuit;

import ai.hartonomous.interpret.circuit.CircuitGraph.Slot;
import ai.hartonomous.interpret.circuit.CircuitGraph.Source;
import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.LayerWeights.Mlp;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.tensor.Weight;
import java.util.ArrayList;
import java.util.List;

/// Edges that can carry nothing, whatever the prompt: the product of all that the source can write
/// with the weights its slot reads by is exactly zero. No measurement of outputs can find such an
/// edge. Only in models without norms, which mix all directions, does this say anything.
public final class SeveredEdges {
  private SeveredEdges() {}

  /// {@return for each edge whether it can carry nothing; none in a model with norms}
  ///
  /// @param model the model
  public static boolean[] of(Model model) {
    CircuitGraph graph = CircuitGraph.of(model.config());
    boolean[] severed = new boolean[graph.edges()];
    if (model.config().norm() != null) {
      return severed;
    }
    for (int e = 0; e < severed.length; e++) {
      Source source = graph.sources().get(graph.sourceOf(e));
      Slot slot = graph.slots().get(graph.slotOf(e));
      severed[e] = isZero(written(model, source), read(model, slot));
    }
    return severed;
  }

  /// {@return rows that span what the source writes}
  private static List<float[]> written(Model model, Source source) {
    List<float[]> rows = new ArrayList<>();
    switch (source.kind()) {
      case INPUT -> {
        addRows(model.weights().tokens(), rows);
        if (model.weights().positions() != null) {
          addRows(model.weights().positions(), rows);
        }
      }
      case HEAD -> {
        int k = model.config().extents().headWidth();
        Weight output = layer(model, source.layer()).attention().output().weight();
        addColumns(output, source.head() * k, (source.head() + 1) * k, rows);
      }
      case MLP -> {
        Mlp mlp = layer(model, source.layer()).mlp();
        if (mlp != null) {
          addColumns(mlp.down().weight(), 0, mlp.down().weight().cols(), rows);
          if (mlp.down().bias() != null) {
            rows.add(mlp.down().bias());
          }
        }
      }
    }
    return rows;
  }

  /// {@return rows of the weights that the slot reads by}
  private static List<float[]> read(Model model, Slot slot) {
    List<float[]> rows = new ArrayList<>();
    switch (slot.reader()) {
      case QUERY -> addHead(model, slot, layer(model, slot.layer()).attention().query(), rows);
      case KEY -> addHead(model, slot, layer(model, slot.layer()).attention().key(), rows);
      case VALUE -> addHead(model, slot, layer(model, slot.layer()).attention().value(), rows);
      case LOGITS -> addRows(model.weights().output().weight(), rows);
      case MLP -> {
        Mlp mlp = layer(model, slot.layer()).mlp();
        if (mlp != null) {
          addRows(mlp.up().weight(), rows);
          if (mlp.gate() != null) {
            addRows(mlp.gate().weight(), rows);
          }
        }
      }
    }
    return rows;
  }

  private static void addHead(Model model, Slot slot, Linear map, List<float[]> rows) {
    int k = model.config().extents().headWidth();
    boolean query = slot.reader() == CircuitGraph.Reader.QUERY;
    int head =
        query ? slot.head() : model.config().layers().get(slot.layer()).keyHeadOf()[slot.head()];
    addRows(map.weight(), head * k, (head + 1) * k, rows);
  }

  private static LayerWeights layer(Model model, int layer) {
    return model.weights().layers().get(layer);
  }

  private static void addRows(Weight weight, List<float[]> rows) {
    addRows(weight, 0, weight.rows(), rows);
  }

  private static void addRows(Weight weight, int from, int to, List<float[]> rows) {
    for (int r = from; r < to; r++) {
      float[] row = new float[weight.cols()];
      weight.readRow(r, row, 0);
      rows.add(row);
    }
  }

  private static void addColumns(Weight weight, int from, int to, List<float[]> rows) {
    List<float[]> all = new ArrayList<>();
    addRows(weight, all);
    for (int c = from; c < to; c++) {
      float[] column = new float[all.size()];
      for (int r = 0; r < column.length; r++) {
        column[r] = all.get(r)[c];
      }
      rows.add(column);
    }
  }

  private static boolean isZero(List<float[]> written, List<float[]> read) {
    for (float[] w : written) {
      for (float[] r : read) {
        double sum = 0;
        for (int i = 0; i < w.length; i++) {
          sum += (double) w[i] * r[i];
        }
        if (sum != 0) {
          return false;
        }
      }
    }
    return true;
  }
}
