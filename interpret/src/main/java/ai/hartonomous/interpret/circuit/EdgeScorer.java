package ai.hartonomous.interpret.circuit;

import ai.hartonomous.interpret.circuit.CircuitGraph.Kind;
import ai.hartonomous.interpret.circuit.CircuitGraph.Source;
import ai.hartonomous.interpret.circuit.CircuitRuns.Prepared;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.tensor.Matrix;
import java.util.List;
import java.util.SplittableRandom;

/// Scores the edges of a model. One thread at a time.
public final class EdgeScorer {
  private final CircuitRuns runs;
  private final CircuitGraph graph;
  private final Settings settings;

  /// How to score.
  ///
  /// @param method which method
  /// @param steps points between corrupted and clean, for the methods with such; 5 in MIB
  /// @param rule where the points lie
  /// @param seed source of random scores
  public record Settings(Method method, int steps, Rule rule, long seed) {

    /// Checks the number of steps.
    ///
    /// @throws IllegalArgumentException if there is none
    public Settings {
      if (steps < 1) {
        throw new IllegalArgumentException("steps must be at least 1");
      }
    }
  }

  /// Where the points of an integral over `m` steps lie.
  public enum Rule {
    /// At `k / m` from the corrupted end, `k = 0 … m - 1`, as in EAP-IG and MIB; the clean prompt
    /// itself is never seen.
    LEFT,
    /// At `(k + 1/2) / m`.
    MIDPOINT
  }

  /// Scores with the items, corruption and metric of `runs`.
  ///
  /// @param runs runs the model
  /// @param settings how to score
  /// @throws IllegalArgumentException if the method cannot see the metric
  public EdgeScorer(CircuitRuns runs, Settings settings) {
    if (settings.method() == Method.EAP && runs.metric().isFlatAtClean()) {
      throw new IllegalArgumentException(
          "eap sees slopes at the clean prompt only, and %s has none there"
              .formatted(runs.metric().label()));
    }
    this.runs = runs;
    this.graph = runs.graph();
    this.settings = settings;
  }

  /// Scores every edge on every item.
  ///
  /// @param items the items
  /// @param progress told after each step
  /// @return the scores
  /// @throws InterruptedException if the thread is interrupted
  public EdgeScores score(List<ContrastItem> items, Progress progress) throws InterruptedException {
    if (settings.method() == Method.RANDOM) {
      return random(graph, settings.seed());
    }
    float[][] all = new float[items.size()][graph.edges()];
    List<ItemBatch> batches = runs.batches(items);
    double[] sources = new double[graph.sources().size()];
    double[][] neurons = neurons();
    for (int b = 0; b < batches.size(); b++) {
      Prepared prepared = runs.prepare(batches.get(b));
      int done = b;
      Progress inBatch = (step, steps) -> progress.at(done * steps + step, batches.size() * steps);
      switch (settings.method()) {
        case EAP -> alongInput(prepared, 1, 1, new Target(all, neurons), inBatch);
        case EAP_IG_INPUTS -> {
          double first = settings.rule() == Rule.LEFT ? 0 : 0.5;
          alongInput(prepared, settings.steps(), first, new Target(all, neurons), inBatch);
        }
        case EAP_IG_ACTIVATIONS -> alongActivations(prepared, all, inBatch);
        case EXACT -> new ExactPatching(runs, prepared).measure(all, sources, neurons, inBatch);
        case RANDOM -> throw new IllegalStateException("random scores need no items");
      }
    }
    divide(sources, items.size());
    for (double[] layer : neurons) {
      divide(layer, items.size());
    }
    EdgeScores scores = new EdgeScores(settings.method(), all, sources, neurons);
    return settings.method() == Method.EXACT
        ? scores
        : new EdgeScores(settings.method(), all, EdgeScores.sums(graph, scores.mean()), neurons);
  }

  /// {@return scores that know nothing}
  ///
  /// @param graph the graph
  /// @param seed decides them
  public static EdgeScores random(CircuitGraph graph, long seed) {
    var random = new SplittableRandom(seed);
    float[] scores = new float[graph.edges()];
    for (int e = 0; e < scores.length; e++) {
      scores[e] = (float) random.nextDouble(-1, 1);
    }
    return new EdgeScores(Method.RANDOM, new float[][] {scores}, new double[0], new double[0][]);
  }

  private static void divide(double[] values, int count) {
    for (int i = 0; i < values.length; i++) {
      values[i] /= count;
    }
  }

  private double[][] neurons() {
    if (settings.method() == Method.EAP_IG_ACTIVATIONS) {
      return new double[0][];
    }
    return runs.config().layers().stream()
        .map(layer -> new double[layer.neurons()])
        .toArray(double[][]::new);
  }

  private record MeanSlopes(Slopes slopes, int steps) {}

  private record Range(int from, int to) {}

  private record Target(float[][] edges, double[][] neurons) {}

  /// Slopes at points between the corrupted and the clean embedding. One step that starts at 1 is
  /// the clean prompt alone.
  private void alongInput(
      Prepared prepared, int steps, double first, Target target, Progress progress)
      throws InterruptedException {
    Slopes slopes = new Slopes(graph, runs.config(), prepared.items().rows());
    Source input = new Source(Kind.INPUT, 0, 0);
    for (int k = 0; k < steps; k++) {
      CircuitRuns.checkInterrupt();
      double share = first == 1 ? 1 : (k + first) / steps;
      Hooks hooks = Activations.between(input, prepared.corrupted(), prepared.clean(), share);
      runs.addSlopes(prepared, hooks, slopes);
      progress.at(k + 1, steps);
    }
    float[] difference = difference(prepared);
    Range range = new Range(0, graph.sources().size());
    addProducts(prepared, difference, new MeanSlopes(slopes, steps), target.edges(), range);
    addNeurons(prepared, slopes, steps, target.neurons());
  }

  private void alongActivations(Prepared prepared, float[][] all, Progress progress)
      throws InterruptedException {
    float[] difference = difference(prepared);
    List<Source> sources = graph.sources();
    double first = settings.rule() == Rule.LEFT ? 0 : 0.5;
    int u = 0;
    while (u < sources.size()) {
      Source step = sources.get(u);
      int end = u + 1;
      while (end < sources.size()
          && sources.get(end).kind() == Kind.HEAD
          && step.kind() == Kind.HEAD
          && sources.get(end).layer() == step.layer()) {
        end++;
      }
      Slopes slopes = new Slopes(graph, runs.config(), prepared.items().rows());
      for (int k = 0; k < settings.steps(); k++) {
        CircuitRuns.checkInterrupt();
        double share = (k + first) / settings.steps();
        runs.addSlopes(
            prepared,
            Activations.between(step, prepared.corrupted(), prepared.clean(), share),
            slopes);
      }
      MeanSlopes mean = new MeanSlopes(slopes, settings.steps());
      addProducts(prepared, difference, mean, all, new Range(u, end));
      u = end;
      progress.at(u, sources.size());
    }
  }

  /// {@return what sources write on the clean prompts minus what takes its place}
  private float[] difference(Prepared prepared) {
    float[] difference = runs.contributions(prepared.clean());
    float[] corrupted = runs.contributions(prepared.corrupted());
    for (int i = 0; i < difference.length; i++) {
      difference[i] -= corrupted[i];
    }
    return difference;
  }

  /// Adds the products of differences `[sources, R, D]` and mean slopes `[slots, R, D]`.
  private void addProducts(
      Prepared prepared, float[] difference, MeanSlopes mean, float[][] all, Range range) {
    Slopes slopes = mean.slopes();
    int steps = mean.steps();
    int fromSource = range.from();
    int toSource = range.to();
    int size = prepared.items().rows() * runs.config().width();
    int itemSize = prepared.items().length() * runs.config().width();
    int slots = graph.slots().size();
    Matrix products = Matrix.zeros(toSource - fromSource, slots);
    for (int i = 0; i < prepared.items().items().size(); i++) {
      int at = i * itemSize;
      Matrix sources =
          new Matrix(difference, fromSource * size + at, toSource - fromSource, itemSize, size, 1);
      Matrix readers = new Matrix(slopes.slots, at, slots, itemSize, size, 1);
      runs.transformer().kernels().multiply(sources, readers.transposed(), products);
      float[] scores = all[prepared.items().numbers()[i]];
      for (int v = 0; v < slots; v++) {
        for (int u = fromSource; u < Math.min(toSource, graph.parents(v)); u++) {
          scores[graph.edge(u, v)] = products.at(u - fromSource, v) / steps;
        }
      }
    }
  }

  private static void addNeurons(Prepared prepared, Slopes slopes, int steps, double[][] neurons) {
    for (int l = 0; l < neurons.length; l++) {
      int n = neurons[l].length;
      float[] clean = prepared.clean().neurons[l];
      float[] corrupted = prepared.corrupted().neurons[l];
      for (int i = 0; i < clean.length; i++) {
        neurons[l][i % n] += (double) (clean[i] - corrupted[i]) * slopes.neurons[l][i] / steps;
      }
    }
  }
}
