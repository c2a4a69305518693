package ai.hartonomous.bench;

import ai.hartonomous.tensor.Activation;
import ai.hartonomous.tensor.AttentionShape;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Kernels.AdamStep;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Norm;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Kernels other than the products, at the extents of GPT-2 small with 8 sequences of 128 tokens.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class KernelBenchmark {
  private static final int SEQUENCES = 8;
  private static final int LENGTH = 128;
  private static final int ROWS = SEQUENCES * LENGTH;
  private static final int WIDTH = 768;
  private static final int HEADS = 12;
  private static final int NEURONS = 4 * WIDTH;

  @Param({"1", "2"})
  private int threads;

  private Kernels kernels = Kernels.of(1);
  private Matrix residual = Matrix.zeros(0, 0);
  private Matrix normed = Matrix.zeros(0, 0);
  private Matrix neurons = Matrix.zeros(0, 0);
  private float[] gradient = {};
  private float[] first = {};
  private float[] second = {};
  private float[] pattern = {};
  private final float[] stats = new float[2 * ROWS];
  private final float[] ones = new float[WIDTH];
  private final AttentionShape shape =
      new AttentionShape(
          SEQUENCES,
          LENGTH,
          LENGTH,
          WIDTH / HEADS,
          new AttentionShape.KeyHeads(IntStream.range(0, HEADS).toArray(), HEADS),
          new AttentionShape.Mask(true, 0, 0.125f));

  @Setup
  public void prepare() {
    kernels.close();
    kernels = Kernels.of(threads);
    residual = Shapes.uniform(1, ROWS, WIDTH);
    normed = Shapes.uniform(2, ROWS, WIDTH);
    neurons = Shapes.uniform(3, ROWS, NEURONS);
    gradient = Shapes.uniform(4, ROWS, NEURONS).data();
    first = new float[ROWS * NEURONS];
    second = new float[ROWS * NEURONS];
    pattern = new float[shape.patternSize()];
    kernels.attentionPattern(shape, residual.data(), normed.data(), pattern);
  }

  @TearDown
  public void end() {
    kernels.close();
  }

  @Benchmark
  public void norm() {
    kernels.norm(new Norm(Norm.Kind.LAYER, ones, ones, 1e-5f), residual, normed, stats);
  }

  @Benchmark
  public void activate() {
    kernels.activate(Activation.GELU_TANH, neurons.data(), first, ROWS * NEURONS);
  }

  @Benchmark
  public void attentionPattern() {
    kernels.attentionPattern(shape, residual.data(), normed.data(), pattern);
  }

  @Benchmark
  public void attentionOutput() {
    kernels.attentionOutput(shape, pattern, residual.data(), normed.data());
  }

  @Benchmark
  public void adamW() {
    var step = new AdamStep(1e-4f, 0.1f, 0.9f, 0.999f, 1, 1);
    kernels.adamW(step, neurons.data(), gradient, first, second);
  }
}
