package ai.hartonomous.bench;

import ai.hartonomous.bench.GptWork.Orders;
import ai.hartonomous.bench.peer.TorchPeer;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The forward pass of GPT-2 small, all logits of 8 sequences of 128 tokens, beside ONNX Runtime
/// and PyTorch.
record ForwardContest() implements Contest {
  private static final double ONNX_BAR = 0.8;
  private static final double TORCH_BAR = 1.0;
  private static final double TOLERANCE = 1e-3;

  @Override
  public String name() {
    return "forward gpt2-small";
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
    rivals.add(new Rival(work.onnx(threads, scratch), ONNX_BAR, TOLERANCE));
    Optional<String> interpreter = TorchPeer.interpreter();
    if (interpreter.isPresent()) {
      var orders =
          new Orders(
              "forward",
              List.of("logits %d %d %d".formatted(work.rows() - 1, GptWork.SAMPLES, GptWork.STEP)));
      Contender torch = work.torch(interpreter.get(), threads, scratch, orders);
      rivals.add(new Rival(torch, TORCH_BAR, TOLERANCE));
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
    private Matrix logits = Matrix.zeros(0, 0);

    Ours(GptWork work, int threads) {
      kernels = Kernels.of(threads);
      transformer = new Transformer(work.model(), kernels);
      trace = transformer.trace(Trace.Keep.INFERENCE);
      batch = new Batch(work.ids(), work.sequences(), work.length());
    }

    @Override
    public String name() {
      return kernels.getClass().getSimpleName();
    }

    @Override
    public void turn() {
      logits = transformer.forward(batch, trace, Hooks.NONE);
    }

    @Override
    public float[][] samples() {
      return new float[][] {GptWork.sample(logits)};
    }

    @Override
    public void close() {
      kernels.close();
    }
  }
}
