package ai.hartonomous.interpret.circuit;

import ai.hartonomous.interpret.circuit.CircuitRuns.Prepared;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Trace.Keep;
import ai.hartonomous.model.transformer.Trace.Readers;
import java.util.Arrays;

/// Measures by one pass each how far the metric of a batch falls when a single edge, a single
/// source with all its edges, or a single neuron is corrupted. What gives out the same either way
/// is not run.
final class ExactPatching {
  private final CircuitRuns runs;
  private final CircuitGraph graph;
  private final Prepared prepared;
  private final Trace trace;
  private final float[] replacements;
  private final boolean[] changes;
  private final double[] whole;

  ExactPatching(CircuitRuns runs, Prepared prepared) {
    this.runs = runs;
    this.graph = runs.graph();
    this.prepared = prepared;
    trace = runs.transformer().trace(Keep.INFERENCE, Readers.SPLIT);
    replacements = runs.contributions(prepared.corrupted());
    changes = changes(runs.contributions(prepared.clean()));
    whole = runs.values(prepared, Hooks.NONE, trace);
  }

  private boolean[] changes(float[] clean) {
    boolean[] changes = new boolean[graph.sources().size()];
    int size = clean.length / changes.length;
    for (int i = 0; i < clean.length; i++) {
      changes[i / size] |= clean[i] != replacements[i];
    }
    return changes;
  }

  /// Measures everything.
  ///
  /// @param edges receives the fall for each item of the whole list and each edge
  /// @param sources receives the sum over items for each source, added
  /// @param neurons receives the sum over items for each layer and neuron, added
  void measure(float[][] edges, double[] sources, double[][] neurons, Progress progress)
      throws InterruptedException {
    int steps = graph.edges() + sources.length + neurons.length;
    boolean[] inside = new boolean[graph.edges()];
    Arrays.fill(inside, true);
    for (int e = 0; e < inside.length; e++) {
      if (changes[graph.sourceOf(e)]) {
        inside[e] = false;
        double[] falls = falls(runs.patch(inside, replacements));
        inside[e] = true;
        for (int i = 0; i < falls.length; i++) {
          edges[prepared.items().numbers()[i]][e] = (float) falls[i];
        }
      }
      progress.at(e + 1, steps);
    }
    for (int u = 0; u < sources.length; u++) {
      if (changes[u]) {
        sources[u] += Arrays.stream(falls(runs.patch(without(u), replacements))).sum();
      }
      progress.at(inside.length + u + 1, steps);
    }
    for (int l = 0; l < neurons.length; l++) {
      measureNeurons(l, neurons[l]);
      progress.at(inside.length + sources.length + l + 1, steps);
    }
  }

  private double[] falls(Hooks hooks) throws InterruptedException {
    CircuitRuns.checkInterrupt();
    double[] falls = runs.values(prepared, hooks, trace);
    for (int i = 0; i < falls.length; i++) {
      falls[i] = whole[i] - falls[i];
    }
    return falls;
  }

  private boolean[] without(int source) {
    boolean[] inside = new boolean[graph.edges()];
    for (int e = 0; e < inside.length; e++) {
      inside[e] = graph.sourceOf(e) != source;
    }
    return inside;
  }

  private void measureNeurons(int layer, double[] sums) throws InterruptedException {
    float[] clean = prepared.clean().neurons[layer];
    float[] corrupted = prepared.corrupted().neurons[layer];
    HookPoint place = new HookPoint(Site.NEURONS, layer);
    for (int n = 0; n < sums.length; n++) {
      int neuron = n;
      boolean differs = false;
      for (int i = n; i < clean.length; i += sums.length) {
        differs |= clean[i] != corrupted[i];
      }
      if (differs) {
        Hooks patch =
            (point, values) -> {
              for (int r = 0; point.equals(place) && r < values.rows(); r++) {
                int at = values.rowOffset(r) + neuron;
                values.data()[at] = corrupted[r * sums.length + neuron];
              }
            };
        sums[n] += Arrays.stream(falls(patch)).sum();
      }
    }
  }
}
