package ai.hartonomous.distill.importance;

import ai.hartonomous.distill.importance.WeightScores.Numbers;
import ai.hartonomous.distill.importance.WeightScores.Part;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.model.transformer.Weights.Parameter;
import ai.hartonomous.tensor.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Taylor expansion of the loss at the weights of each component: what setting them to zero would
/// do. With `g` the mean gradient over items and `G` the mean of its square for each item,
///
/// | order | sum over the component's weights of |
/// |---|---|
/// | first | `\|w g\|` |
/// | second | `\|w² G\|` |
/// | mixed | `\|w g − ½ w² G\|` |
/// | lines | `\|Σ w g\|` over each row or column |
///
/// Source: Ma, Fang and Wang, "LLM-Pruner", 2023, arXiv:2305.11627, section 3.2, equations 3 to 5,
/// with the group's score the sum of its members. Key and value rows count in equal parts for the
/// heads that share them.
public final class TaylorImportance {
  private final Transformer transformer;

  /// Which terms of the expansion count.
  public enum Order {
    /// The gradient.
    FIRST,
    /// The squared gradient, in place of the second derivative.
    SECOND,
    /// Both.
    MIXED,
    /// The gradient, added up over each row or column before the absolute value.
    LINES
  }

  /// Measures on one model.
  ///
  /// @param transformer a model that is not quantised
  public TaylorImportance(Transformer transformer) {
    this.transformer = transformer;
  }

  /// Measures every head and neuron. Second-order terms need a backward pass for each item alone.
  ///
  /// @param examples calibration items; at least one
  /// @param order which terms
  /// @return the scores
  /// @throws InterruptedException if the thread was interrupted between two batches
  public ComponentScores measure(List<Example> examples, Order order) throws InterruptedException {
    boolean each = order == Order.SECOND || order == Order.MIXED;
    Weights gradients = transformer.model().weights().zeros();
    Weights squares = transformer.model().weights().zeros();
    if (each) {
      addEach(examples, gradients, squares);
    } else {
      addAll(examples, gradients);
    }
    Numbers numbers = (l, part) -> products(l, part, gradients, squares, order, examples.size());
    var components = new Components(transformer.config());
    double[] scores =
        order == Order.LINES
            ? WeightScores.lineSums(transformer.config(), numbers)
            : WeightScores.sums(transformer.config(), numbers);
    String name =
        switch (order) {
          case FIRST -> "taylor";
          case SECOND -> "taylor_second";
          case MIXED -> "taylor_mixed";
          case LINES -> "taylor_lines";
        };
    return components.scores(name, examples.size(), scores, new double[scores.length]);
  }

  private void addAll(List<Example> examples, Weights gradients) throws InterruptedException {
    Trace trace = transformer.trace(Trace.Keep.TRAINING);
    boolean causal = transformer.config().block().causal();
    for (ExampleBatch batch : ExampleBatch.pack(examples, GradientImportance.MAX_ROWS, causal)) {
      backward(batch, trace, gradients);
    }
  }

  private void addEach(List<Example> examples, Weights gradients, Weights squares)
      throws InterruptedException {
    Trace trace = transformer.trace(Trace.Keep.TRAINING);
    Weights one = transformer.model().weights().zeros();
    List<Parameter> from = one.parameters();
    List<Parameter> sums = gradients.parameters();
    List<Parameter> squared = squares.parameters();
    for (int i = 0; i < examples.size(); i++) {
      backward(ExampleBatch.of(examples, i), trace, one);
      for (int p = 0; p < from.size(); p++) {
        float[] gradient = from.get(p).data();
        for (int w = 0; w < gradient.length; w++) {
          sums.get(p).data()[w] += gradient[w];
          squared.get(p).data()[w] += gradient[w] * gradient[w];
        }
        Arrays.fill(gradient, 0);
      }
    }
  }

  private void backward(ExampleBatch batch, Trace trace, Weights gradients)
      throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("measuring importance");
    }
    Matrix logits = transformer.forward(batch.tokens(), trace, Hooks.NONE);
    batch.lossGradient(transformer.kernels(), logits);
    transformer.backward(trace, logits, gradients, Hooks.NONE);
  }

  private double @Nullable [] products(
      int l, Part part, Weights gradients, Weights squares, Order order, int items) {
    float[] w = numbers(part.of(transformer.model().weights().layers().get(l)));
    float[] g = numbers(part.of(gradients.layers().get(l)));
    float[] s = numbers(part.of(squares.layers().get(l)));
    if (w == null || g == null || s == null) {
      return null;
    }
    return IntStream.range(0, w.length)
        .mapToDouble(i -> product(order, w[i], (double) g[i] / items, (double) s[i] / items))
        .toArray();
  }

  private static double product(Order order, double w, double g, double square) {
    return switch (order) {
      case FIRST -> Math.abs(w * g);
      case SECOND -> Math.abs(w * w * square);
      case MIXED -> Math.abs(w * g - 0.5 * w * w * square);
      case LINES -> w * g;
    };
  }

  private static float @Nullable [] numbers(@Nullable Linear linear) {
    if (linear == null) {
      return null;
    }
    int cols = linear.weight().cols();
    float[] numbers = new float[linear.weight().rows() * cols];
    for (int r = 0; r < linear.weight().rows(); r++) {
      linear.weight().readRow(r, numbers, r * cols);
    }
    return numbers;
  }
}
