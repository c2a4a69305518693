package ai.hartonomous.bench;

import ai.hartonomous.bench.peer.OpenBlas;
import ai.hartonomous.bench.peer.PeerException;
import ai.hartonomous.bench.peer.TorchPeer;
import ai.hartonomous.tensor.CoderKernels;
import ai.hartonomous.tensor.CoderKernels.Part;
import ai.hartonomous.tensor.CoderState;
import ai.hartonomous.tensor.CoderState.Rows;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.RowOptimizer;
import ai.hartonomous.tensor.RowUpdate;
import ai.hartonomous.tensor.RowUpdate.DecoderNorm;
import ai.hartonomous.tensor.RowUpdate.Reach;
import ai.hartonomous.tensor.SparseRows;
import ai.hartonomous.tensor.TopKSearch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// One training step of a skip transcoder (2,048 tokens, width 512, 16,384 latents, 32 of them
/// active; forward, backward, exact Adam) beside PyTorch, which decodes with a dense product or as
/// an embedding bag, and beside OpenBLAS, which computes the encoder's product and nothing else.
record CoderContest() implements Contest {
  private static final double DENSE_BAR = 5;
  private static final double BAG_BAR = 2.5;

  /// The whole step in at most 1.6 times the product's time.
  private static final double PRODUCT_BAR = 1 / 1.6;

  /// Adam moves a number by about the rate whatever its gradient's size, so a rounding may turn the
  /// step of a number without gradient around: a few rates beside the largest weight.
  private static final double TOLERANCE = 5e-3;

  private static final int SAMPLES = 200;
  private static final int SAMPLE_STEP = 41_941;

  @Override
  public String name() {
    return "transcoder step 2048x512x16384";
  }

  @Override
  public String unit() {
    return "tokens/s";
  }

  @Override
  public double amount() {
    return CoderWork.ROWS;
  }

  @Override
  public Entry open(int threads, Scratch scratch) throws IOException {
    CoderWork work = CoderWork.create();
    List<Rival> rivals = new ArrayList<>();
    List<String> absent = new ArrayList<>();
    Optional<String> interpreter = TorchPeer.interpreter();
    if (interpreter.isPresent()) {
      Path file = scratch.file("coder.numbers");
      work.write(file);
      for (String decode : List.of("dense", "bag")) {
        double bar = decode.equals("dense") ? DENSE_BAR : BAG_BAR;
        TorchPeer peer =
            TorchPeer.start(
                interpreter.get(), scratch, "torch_coder.py", threads, arguments(file, decode));
        rivals.add(new Rival(new Torch(peer), bar, TOLERANCE));
      }
    } else {
      absent.add("PyTorch: no Python here has the module torch");
    }
    Matrix turned = Matrix.zeros(CoderWork.WIDTH, CoderWork.LATENTS);
    for (int i = 0; i < CoderWork.LATENTS; i++) {
      for (int c = 0; c < CoderWork.WIDTH; c++) {
        turned.data()[turned.rowOffset(c) + i] = work.encoder().at(i, c);
      }
    }
    var copies = new Rows(copy(work.encoder()), new float[CoderWork.LATENTS], copy(work.decoder()));
    Ours ours = new Ours(work, copies, threads);
    OpenBlas blas = new OpenBlas(work.x(), turned, threads);
    rivals.add(new Rival(new Product(blas, ours), PRODUCT_BAR, 0));
    return new Entry(ours, rivals, absent);
  }

  @Override
  public boolean weighsMemory() {
    return true;
  }

  @Override
  public Optional<PeakMemory> peakMemory(int threads) throws IOException {
    return PeakMemory.of(CoderMemory.class, Integer.toString(threads));
  }

  private static List<String> arguments(Path file, String decode) {
    return List.of(
        file.toString(),
        decode,
        Integer.toString(CoderWork.ROWS),
        Integer.toString(CoderWork.WIDTH),
        Integer.toString(CoderWork.LATENTS),
        Integer.toString(CoderWork.ACTIVE),
        Float.toString(CoderWork.RATE));
  }

  private static Matrix copy(Matrix m) {
    return Matrix.of(m.data().clone(), m.rows(), m.cols());
  }

  /// Our own step.
  static final class Ours implements Contender {
    private final Kernels kernels;
    private final CoderKernels coders;
    private final CoderState state;
    private final Matrix x;
    private final Matrix y;
    private final Matrix out = Matrix.zeros(CoderWork.ROWS, CoderWork.WIDTH);
    private final Matrix skip = Matrix.zeros(CoderWork.WIDTH, CoderWork.WIDTH);
    private final Matrix dSkip = Matrix.zeros(CoderWork.WIDTH, CoderWork.WIDTH);
    private final float[][] skipMoments = new float[2][CoderWork.WIDTH * CoderWork.WIDTH];
    private final float[] bias = new float[CoderWork.WIDTH];
    private final float[] dBias = new float[CoderWork.WIDTH];
    private final float[][] biasMoments = new float[2][CoderWork.WIDTH];
    private final TopKSearch search = new TopKSearch(CoderWork.ACTIVE);
    private final SparseRows active = new SparseRows();
    private final float[] dValues = new float[CoderWork.ROWS * CoderWork.ACTIVE];
    private int steps;
    private double loss;

    /// Prepares the steps.
    ///
    /// @param work has inputs and targets
    /// @param weights first weights, which change
    /// @param threads threads to use
    Ours(CoderWork work, Rows weights, int threads) {
      kernels = Kernels.of(threads);
      coders = CoderKernels.of(threads);
      x = work.x();
      y = work.y();
      state = CoderState.of(weights);
    }

    @Override
    public String name() {
      return coders.getClass().getSimpleName();
    }

    @Override
    public void turn() {
      steps++;
      Rows weights = state.weights();
      coders.topK(x, weights.encoder(), weights.bias(), search, active);
      kernels.project(x, skip, bias, out);
      double spread = spread(y);
      float scale = (float) (2 / spread);
      loss = coders.residual(active, weights.decoder(), y, scale, out, dValues) / spread;
      Arrays.fill(dBias, 0);
      kernels.sumRows(out, dBias);
      kernels.multiply(out.transposed(), x, dSkip);
      RowOptimizer adam = RowOptimizer.Adam.of(CoderWork.RATE, steps);
      coders.update(
          List.of(new Part(active, dValues, x, out)),
          new RowUpdate(adam, Reach.EVERY, DecoderNorm.FREE, new float[0]),
          state);
      coders.step(adam, bias, dBias, biasMoments[0], biasMoments[1]);
      coders.step(adam, skip.data(), dSkip.data(), skipMoments[0], skipMoments[1]);
    }

    /// `Σ|y - ȳ|²`, in double precision.
    private static double spread(Matrix y) {
      double[] mean = new double[y.cols()];
      float[] numbers = y.data();
      for (int at = 0; at < numbers.length; at += mean.length) {
        for (int c = 0; c < mean.length; c++) {
          mean[c] += numbers[at + c];
        }
      }
      double sum = 0;
      for (int c = 0; c < mean.length; c++) {
        mean[c] /= y.rows();
      }
      for (int at = 0; at < numbers.length; at += mean.length) {
        for (int c = 0; c < mean.length; c++) {
          double d = numbers[at + c] - mean[c];
          sum += d * d;
        }
      }
      return sum;
    }

    @Override
    public float[][] samples() {
      return new float[][] {
        {(float) loss}, sample(state.weights().encoder()), sample(state.weights().decoder())
      };
    }

    private static float[] sample(Matrix m) {
      float[] sample = new float[SAMPLES];
      for (int i = 0; i < SAMPLES; i++) {
        sample[i] = m.data()[i * SAMPLE_STEP];
      }
      return sample;
    }

    @Override
    public void close() {
      kernels.close();
      coders.close();
    }
  }

  private record Torch(TorchPeer peer) implements Contender {
    @Override
    public String name() {
      return peer.version();
    }

    @Override
    public void turn() throws PeerException {
      peer.ask("step");
    }

    @Override
    public float[][] samples() throws PeerException {
      return new float[][] {
        numbers("loss"),
        numbers("encoder %d %d".formatted(SAMPLES, SAMPLE_STEP)),
        numbers("decoder %d %d".formatted(SAMPLES, SAMPLE_STEP))
      };
    }

    private float[] numbers(String order) throws PeerException {
      String[] words = peer.ask(order).split(" ");
      float[] numbers = new float[words.length];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = Float.parseFloat(words[i]);
      }
      return numbers;
    }

    @Override
    public void close() {
      peer.close();
    }
  }

  /// A bound, not a peer: it makes nothing that could be compared.
  private record Product(OpenBlas blas, Ours ours) implements Contender {
    @Override
    public String name() {
      return "encoder's product alone, " + OpenBlas.version();
    }

    @Override
    public void turn() {
      blas.multiply();
    }

    @Override
    public float[][] samples() {
      return ours.samples();
    }

    @Override
    public void close() {
      blas.close();
    }
  }
}
