package ai.hartonomous.bench;

import ai.hartonomous.bench.GptWork.Orders;
import ai.hartonomous.bench.peer.TorchPeer;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.model.transformer.Weights.Parameter;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Forward pass, cross-entropy and the gradients of all weights of GPT-2 small, 8 sequences of 128
/// tokens, beside PyTorch. Every token's target is the token itself, on both sides.
record TrainingContest() implements Contest {
  private static final double BAR = 1.0;
  private static final double TOLERANCE = 1e-3;

  /// Tensors whose gradients are compared, by their place in {@link Weights#parameters()}: the
  /// embeddings, and of the first layer gain and bias of the norm, the output projection, and the
  /// first matrix of the MLP.
  private static final int[] COMPARED = {0, 1, 2, 3, 10, 14};

  private static final int GRADIENTS = 100;
  private static final int GRADIENT_STEP = 7;

  @Override
  public String name() {
    return "forward+backward gpt2-small";
  }

  @Override
  public String unit() {
    return "passes/s";
  }

  @Override
  public double amount() {
    return 1;
  }

  @Override
  public Entry open(int threads, Scratch scratch) throws IOException {
    GptWork work = GptWork.create();
    List<Rival> rivals = new ArrayList<>();
    List<String> absent = new ArrayList<>();
    Optional<String> interpreter = TorchPeer.interpreter();
    if (interpreter.isPresent()) {
      List<String> samples =
          Arrays.stream(COMPARED)
              .mapToObj(i -> "gradient %d %d %d".formatted(i, GRADIENTS, GRADIENT_STEP))
              .toList();
      Contender torch =
          work.torch(interpreter.get(), threads, scratch, new Orders("train", samples));
      rivals.add(new Rival(torch, BAR, TOLERANCE));
    } else {
      absent.add("PyTorch: no Python here has the module torch");
    }
    return new Entry(new Ours(work, threads), rivals, absent);
  }

  private static final class Ours implements Contender {
    private final Kernels kernels;
    private final Transformer transformer;
    private final Batch batch;
    private final Trace trace;
    private final Weights gradients;
    private final List<Parameter> parameters;
    private final float[] losses;

    Ours(GptWork work, int threads) {
      kernels = Kernels.of(threads);
      transformer = new Transformer(work.model(), kernels);
      trace = transformer.trace(Trace.Keep.TRAINING);
      batch = new Batch(work.ids(), work.sequences(), work.length());
      gradients = work.model().weights().zeros();
      parameters = gradients.parameters();
      losses = new float[work.rows()];
    }

    @Override
    public String name() {
      return kernels.getClass().getSimpleName();
    }

    @Override
    public void turn() {
      parameters.forEach(parameter -> Arrays.fill(parameter.data(), 0));
      Matrix logits = transformer.forward(batch, trace, Hooks.NONE);
      kernels.crossEntropy(logits, batch.ids(), losses);
      kernels.crossEntropyBackward(logits, batch.ids(), 1f / losses.length, logits);
      transformer.backward(trace, logits, gradients, Hooks.NONE);
    }

    @Override
    public float[][] samples() {
      float[][] samples = new float[COMPARED.length][GRADIENTS];
      for (int t = 0; t < COMPARED.length; t++) {
        float[] gradient = parameters.get(COMPARED[t]).data();
        for (int i = 0; i < GRADIENTS; i++) {
          samples[t][i] = gradient[i * GRADIENT_STEP];
        }
      }
      return samples;
    }

    @Override
    public void close() {
      kernels.close();
    }
  }
}
