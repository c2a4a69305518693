package ai.hartonomous.distill.route;

import ai.hartonomous.distill.route.Vocabulary.Sparse;
import java.util.List;

/// Multinomial logistic regression with L2 regularisation, by Nesterov's accelerated gradient over
/// all examples at once. The loss is convex and the start is zero, so nothing is random.
///
/// ```
/// min  Σ_i s_i · −ln softmax(W x_i)[y_i]  +  λ/2 |W|²      s_i = 1 / (K · examples of class y_i)
/// ```
///
/// Source: Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4; Nesterov, "A
/// method for solving the convex programming problem with convergence rate O(1/k²)", 1983. The step
/// is the inverse of the gradient's Lipschitz constant, at most `1/2 · |x|² + λ <= 1/2 + λ`. There
/// is no bias: all classes count the same, and a prompt without known features gives even odds.
final class SoftmaxRegression {
  private static final double REGULARISATION = 1e-3;
  private static final int MAX_STEPS = 200;
  private static final double SMALL_GRADIENT = 1e-4;

  private final List<Sparse> examples;
  private final int[] classes;
  private final double[] shares;
  private final int count;
  private final int features;

  private SoftmaxRegression(List<Sparse> examples, int[] classes, int count, int features) {
    this.examples = examples;
    this.classes = classes;
    this.count = count;
    this.features = features;
    int[] sizes = new int[count];
    for (int label : classes) {
      sizes[label]++;
    }
    shares = new double[classes.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = 1.0 / (count * (double) sizes[classes[i]]);
    }
  }

  /// {@return weights, `[K, F]`, row-major}
  ///
  /// @param examples what to learn from
  /// @param classes class of each example
  /// @param count number of classes, `K`
  /// @param features number of features, `F`
  static double[] fit(List<Sparse> examples, int[] classes, int count, int features)
      throws InterruptedException {
    return new SoftmaxRegression(examples, classes, count, features).minimise();
  }

  private double[] minimise() throws InterruptedException {
    double[] weights = new double[count * features];
    double[] ahead = weights.clone();
    double[] gradient = new double[weights.length];
    double step = 1 / (0.5 + REGULARISATION);
    for (int k = 1; k <= MAX_STEPS; k++) {
      if (Thread.interrupted()) {
        throw new InterruptedException("learning to route");
      }
      if (gradient(ahead, gradient) < SMALL_GRADIENT) {
        return ahead;
      }
      double momentum = (k - 1) / (k + 2.0);
      for (int i = 0; i < weights.length; i++) {
        double next = ahead[i] - step * gradient[i];
        ahead[i] = next + momentum * (next - weights[i]);
        weights[i] = next;
      }
    }
    return weights;
  }

  /// Fills the gradient.
  ///
  /// @return its norm
  private double gradient(double[] weights, double[] gradient) {
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = REGULARISATION * weights[i];
    }
    double[] odds = new double[count];
    for (int i = 0; i < classes.length; i++) {
      Sparse x = examples.get(i);
      softmax(weights, x, odds);
      odds[classes[i]] -= 1;
      for (int c = 0; c < count; c++) {
        double error = shares[i] * odds[c];
        for (int f = 0; f < x.places().length; f++) {
          gradient[c * features + x.places()[f]] += error * x.values()[f];
        }
      }
    }
    double squares = 0;
    for (double g : gradient) {
      squares += g * g;
    }
    return Math.sqrt(squares);
  }

  /// Fills the probabilities of the classes.
  private void softmax(double[] weights, Sparse x, double[] out) {
    for (int c = 0; c < count; c++) {
      double sum = 0;
      for (int f = 0; f < x.places().length; f++) {
        sum += weights[c * features + x.places()[f]] * x.values()[f];
      }
      out[c] = sum;
    }
    Softmax.inPlace(out);
  }
}
