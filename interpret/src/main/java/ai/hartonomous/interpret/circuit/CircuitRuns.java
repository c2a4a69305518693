package ai.hartonomous.interpret.circuit;

import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Trace.Keep;
import ai.hartonomous.model.transformer.Trace.Readers;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Runs items through a model whole, corrupted, or cut down to a circuit. One thread at a time.
///
/// Edges outside the circuit are corrupted as in EAP-IG's `evaluate_graph`: each slot of a live
/// pass over the clean prompt reads the corrupted value on every edge outside.
public final class CircuitRuns {
  /// Floats that one batch may take for what all sources write and all slots read.
  private static final long MOST_FLOATS = 1L << 25;

  private final Transformer transformer;
  private final CircuitGraph graph;
  private final Metric metric;
  private final Corruption corruption;
  private final Activations sums;
  private long summedRows;

  /// What one batch needs again and again.
  ///
  /// @param items the items
  /// @param clean what sources give out on the clean prompts
  /// @param cleanLogits outputs of the clean pass, `[R, outputs]`
  /// @param corrupted what takes its place
  record Prepared(ItemBatch items, Activations clean, Matrix cleanLogits, Activations corrupted) {}

  /// Takes the means of `items` if the corruption needs them.
  ///
  /// @param transformer model and kernels
  /// @param metric what is measured
  /// @param corruption what edges outside a circuit carry
  /// @param items prompts to take means over
  /// @throws InterruptedException if the thread is interrupted
  public CircuitRuns(
      Transformer transformer, Metric metric, Corruption corruption, List<ContrastItem> items)
      throws InterruptedException {
    this.transformer = transformer;
    this.graph = CircuitGraph.of(transformer.config());
    this.metric = metric;
    this.corruption = corruption;
    this.sums = new Activations(config(), 1);
    if (corruption == Corruption.MEAN) {
      for (ItemBatch batch : batches(items)) {
        checkInterrupt();
        record(batch.clean()).addSums(sums);
        summedRows += batch.rows();
      }
    }
  }

  /// {@return the model as a graph}
  public CircuitGraph graph() {
    return graph;
  }

  /// {@return what is measured}
  public Metric metric() {
    return metric;
  }

  /// {@return what edges outside a circuit carry}
  public Corruption corruption() {
    return corruption;
  }

  Transformer transformer() {
    return transformer;
  }

  ModelConfig config() {
    return transformer.config();
  }

  static void checkInterrupt() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("running circuits");
    }
  }

  List<ItemBatch> batches(List<ContrastItem> items) {
    for (ContrastItem item : items) {
      check(item);
    }
    long perRow = (long) (graph.sources().size() * 3 + graph.slots().size()) * config().width();
    return ItemBatch.of(items, (int) Math.max(1, MOST_FLOATS / perRow));
  }

  private void check(ContrastItem item) {
    for (ContrastItem.Target target : item.targets()) {
      boolean asks =
          switch (metric) {
            case DIVERGENCE, DISTANCE -> true;
            case LOG_PROBABILITY -> target.answers().length > 0;
            case LOGIT_DIFFERENCE, LOG_PROBABILITY_DIFFERENCE ->
                target.answers().length > 0 && target.wrong().length > 0;
          };
      if (!asks) {
        throw new IllegalArgumentException(
            "item %s has no outputs to compare by %s".formatted(item.id(), metric.label()));
      }
    }
  }

  private Activations record(Batch batch) {
    Activations activations = new Activations(config(), batch.rows());
    transformer.forward(batch, transformer.trace(Keep.INFERENCE), activations);
    return activations;
  }

  Prepared prepare(ItemBatch batch) {
    Activations clean = new Activations(config(), batch.rows());
    Matrix logits =
        copy(transformer.forward(batch.clean(), transformer.trace(Keep.INFERENCE), clean));
    Activations corrupted =
        switch (corruption) {
          case PAIRED -> record(batch.corrupted());
          case ZERO -> new Activations(config(), batch.rows());
          case MEAN -> sums.repeated(config(), 1.0 / summedRows, batch.rows());
        };
    return new Prepared(batch, clean, logits, corrupted);
  }

  /// Runs the clean prompts and adds the slopes of the metric, for all items at once.
  ///
  /// @param hooks changes the forward pass
  void addSlopes(Prepared prepared, Hooks hooks, Slopes slopes) {
    Trace trace = transformer.trace(Keep.TRAINING, Readers.SPLIT);
    ItemBatch batch = prepared.items();
    Matrix logits = transformer.forward(batch.clean(), trace, hooks);
    Matrix gradient = Matrix.zeros(logits.rows(), logits.cols());
    int length = batch.length();
    for (int i = 0; i < batch.items().size(); i++) {
      int from = i * length;
      metric.addGradient(
          batch.items().get(i),
          logits.rows(from, from + length),
          prepared.cleanLogits().rows(from, from + length),
          gradient.rows(from, from + length));
    }
    transformer.backward(trace, gradient, null, slopes);
  }

  /// {@return the metric of every item of a batch in a pass with hooks}
  double[] values(Prepared prepared, Hooks hooks, Trace trace) {
    ItemBatch batch = prepared.items();
    Matrix logits = transformer.forward(batch.clean(), trace, hooks);
    return values(prepared, logits);
  }

  private double[] values(Prepared prepared, Matrix logits) {
    ItemBatch batch = prepared.items();
    int length = batch.length();
    double[] values = new double[batch.items().size()];
    for (int i = 0; i < values.length; i++) {
      int from = i * length;
      values[i] =
          metric.value(
              batch.items().get(i),
              logits.rows(from, from + length),
              prepared.cleanLogits().rows(from, from + length));
    }
    return values;
  }

  /// {@return the metric of every item in the whole model}
  ///
  /// @param items the items
  /// @throws InterruptedException if the thread is interrupted
  public double[] whole(List<ContrastItem> items) throws InterruptedException {
    double[] all = new double[items.size()];
    for (ItemBatch batch : batches(items)) {
      checkInterrupt();
      Prepared prepared = prepare(batch);
      scatter(values(prepared, prepared.cleanLogits()), batch, all);
    }
    return all;
  }

  /// {@return for each circuit the metric of every item}
  ///
  /// @param items the items
  /// @param circuits for each, and each edge of the graph, whether the edge is inside
  /// @param progress told after each batch and circuit
  /// @throws InterruptedException if the thread is interrupted
  public List<double[]> circuits(
      List<ContrastItem> items, List<boolean[]> circuits, Progress progress)
      throws InterruptedException {
    List<double[]> all = new ArrayList<>();
    circuits.forEach(_ -> all.add(new double[items.size()]));
    List<ItemBatch> batches = batches(items);
    Trace trace = transformer.trace(Keep.INFERENCE, Readers.SPLIT);
    int done = 0;
    for (ItemBatch batch : batches) {
      Prepared prepared = prepare(batch);
      float[] replacements = contributions(prepared.corrupted());
      for (int c = 0; c < circuits.size(); c++) {
        checkInterrupt();
        scatter(values(prepared, patch(circuits.get(c), replacements), trace), batch, all.get(c));
        progress.at(++done, batches.size() * circuits.size());
      }
    }
    return all;
  }

  EdgePatch patch(boolean[] inside, float[] replacements) {
    return new EdgePatch(transformer.model(), graph, transformer.kernels(), inside, replacements);
  }

  float[] contributions(Activations activations) {
    return activations.contributions(transformer.model(), graph, transformer.kernels());
  }

  static void scatter(double[] values, ItemBatch batch, double[] all) {
    for (int i = 0; i < values.length; i++) {
      all[batch.numbers()[i]] = values[i];
    }
  }

  private static Matrix copy(Matrix logits) {
    int size = logits.rows() * logits.cols();
    float[] data = Arrays.copyOfRange(logits.data(), logits.offset(), logits.offset() + size);
    return Matrix.of(data, logits.rows(), logits.cols());
  }
}
