package ai.hartonomous.samples.train;

import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.Arrays;
import java.util.List;

/// Computes the gradient of one part of a batch with kernels of its own.
final class Worker implements AutoCloseable {
  /// Tokens of one pass: enough for efficient products, few enough for the cache.
  private static final int PASS_TOKENS = 640;

  private static final int LEFT_OUT = -1;

  private final Transformer transformer;
  private final Trace trace;
  private final Weights gradients;

  Worker(Model model, Kernels kernels, Weights gradients) {
    transformer = new Transformer(model, kernels);
    trace = transformer.trace(Trace.Keep.TRAINING);
    this.gradients = gradients;
  }

  /// A text to learn.
  ///
  /// @param ids prompt, answer and end token
  /// @param prompt how many of them are the prompt
  record Text(int[] ids, int prompt) {

    int answerTokens() {
      return ids.length - prompt;
    }
  }

  Transformer transformer() {
    return transformer;
  }

  Weights gradients() {
    return gradients;
  }

  /// Adds the gradient of the weighted mean loss.
  ///
  /// @param texts this worker's part, sorted by length
  /// @param promptWeight weight of a prompt's token; one of the answer has 1
  /// @param scale 1 / sum of the weights of the whole batch
  /// @return sum of the losses over the answer of each text, in nats
  double[] run(List<Text> texts, float promptWeight, float scale) {
    double[] losses = new double[texts.size()];
    int from = 0;
    while (from < texts.size()) {
      int to = from + 1;
      while (to < texts.size() && (to + 1 - from) * texts.get(to).ids().length <= PASS_TOKENS) {
        to++;
      }
      double[] some = part(texts.subList(from, to), promptWeight, scale);
      System.arraycopy(some, 0, losses, from, some.length);
      from = to;
    }
    return losses;
  }

  private double[] part(List<Text> texts, float promptWeight, float scale) {
    int length = texts.getLast().ids().length - 1;
    int[] ids = new int[texts.size() * length];
    int[] targets = new int[ids.length];
    Arrays.fill(targets, LEFT_OUT);
    for (int b = 0; b < texts.size(); b++) {
      int[] text = texts.get(b).ids();
      System.arraycopy(text, 0, ids, b * length, text.length - 1);
      System.arraycopy(text, 1, targets, b * length, text.length - 1);
    }
    Matrix logits = transformer.forward(new Batch(ids, texts.size(), length), trace, Hooks.NONE);
    float[] rows = new float[ids.length];
    transformer.kernels().crossEntropy(logits, targets, rows);
    transformer.kernels().crossEntropyBackward(logits, targets, scale, logits);
    double[] losses = new double[texts.size()];
    for (int b = 0; b < texts.size(); b++) {
      int answer = texts.get(b).prompt() - 1;
      for (int t = 0; t < length; t++) {
        losses[b] += t < answer ? 0 : rows[b * length + t];
      }
      weigh(logits, b * length, answer, promptWeight);
    }
    transformer.backward(trace, logits, gradients, Hooks.NONE);
    return losses;
  }

  private static void weigh(Matrix dLogits, int from, int rows, float weight) {
    for (int r = from; r < from + rows; r++) {
      for (int c = 0; c < dLogits.cols(); c++) {
        dLogits.data()[dLogits.rowOffset(r) + c] *= weight;
      }
    }
  }

  @Override
  public void close() {
    transformer.kernels().close();
  }
}
