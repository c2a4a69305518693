package ai.hartonomous.tensor;

import ai.hartonomous.tensor.CoderLoops.Entries;
import ai.hartonomous.tensor.CoderLoops.Moving;
import ai.hartonomous.tensor.CoderState.Rows;
import ai.hartonomous.tensor.RowUpdate.DecoderNorm;
import ai.hartonomous.tensor.RowUpdate.Reach;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Coder kernels made of vector instructions, divided among a fixed team of threads: rows of the
/// batch for the forward passes, latents for the update. No number is added up by two threads, so
/// results do not depend on their number.
final class SimdCoderKernels implements CoderKernels {

  private static final long ALONE = 1 << 16;

  private final Team team;
  private final FusedTopK[] searches;
  private final List<ByLatent> sorted = new ArrayList<>();
  private double[] rowErrors = {};

  SimdCoderKernels(int threads) {
    team = new Team(threads);
    searches =
        Stream.generate(() -> new FusedTopK(new TileKernels()))
            .limit(threads)
            .toArray(FusedTopK[]::new);
  }

  @Override
  public int threads() {
    return team.threads();
  }

  @Override
  public void topK(Matrix x, Matrix encoder, float[] bias, TopKSearch search, SparseRows out) {
    CoderShapes.encoder(x, encoder, bias);
    if (x.cols() == 0 || x.cols() > FusedTopK.MAX_WIDTH) {
      new ReferenceCoderKernels().topK(x, encoder, bias, search, out);
      return;
    }
    int[] ends = new int[searches.length];
    team.run(
        (long) x.rows() * encoder.rows() * x.cols(),
        ALONE,
        (share, shares) -> {
          int from = Gemm.bound(x.rows(), TileKernels.NR, share, shares);
          int to = Gemm.bound(x.rows(), TileKernels.NR, share + 1, shares);
          searches[share].search(x.rows(from, to), encoder, bias, search.k(), search.guess());
          ends[share] = to;
        });
    out.clear();
    float[] least = new float[x.rows()];
    int from = 0;
    for (int share = 0; share < ends.length && from < x.rows(); share++) {
      searches[share].append(ends[share] - from, out, least, from);
      from = ends[share];
    }
    search.learn(least, x.rows());
  }

  @Override
  public double residual(
      SparseRows active, Matrix decoder, Matrix target, float scale, Matrix out, float[] dValues) {
    CoderShapes.residual(active, decoder, target, out, dValues);
    if (rowErrors.length < out.rows()) {
      rowErrors = new double[out.rows()];
    }
    var residual = new Residual(active, decoder, target, scale, out, dValues);
    team.run(
        (long) (active.size() + out.rows()) * out.cols(),
        ALONE,
        (share, shares) -> {
          int from = Gemm.bound(out.rows(), 1, share, shares);
          int to = Gemm.bound(out.rows(), 1, share + 1, shares);
          for (int r = from; r < to; r++) {
            rowErrors[r] = residual.row(r);
          }
        });
    double sum = 0;
    for (int r = 0; r < out.rows(); r++) {
      sum += rowErrors[r];
    }
    return sum;
  }

  /// What {@link #residual} works on.
  private record Residual(
      SparseRows active, Matrix decoder, Matrix target, float scale, Matrix out, float[] dValues) {

    /// Works on one row while it is in the caches.
    double row(int r) {
      int at = out.rowOffset(r);
      int[] starts = active.starts();
      var entries = new Entries(active.columns(), active.values(), starts[r], starts[r + 1]);
      CoderLoops.addRows(entries, decoder, out.data(), at);
      double error =
          CoderLoops.error(target.data(), target.rowOffset(r), scale, out.data(), at, out.cols());
      CoderLoops.dots(entries, decoder, out.data(), at, dValues);
      return error;
    }
  }

  @Override
  public void update(List<Part> parts, RowUpdate update, CoderState state) {
    CoderShapes.update(parts, update, state);
    int latents = state.weights().bias().length;
    while (sorted.size() < parts.size()) {
      sorted.add(new ByLatent());
    }
    for (int p = 0; p < parts.size(); p++) {
      sorted.get(p).sort(parts.get(p), latents);
    }
    int width = state.weights().encoder().cols() + state.weights().decoder().cols();
    team.run(
        (long) latents * width,
        ALONE,
        (share, shares) -> {
          var mover = new Mover(parts, sorted, update, state);
          int from = mover.bound(share, shares);
          int to = mover.bound(share + 1, shares);
          for (int i = from; i < to; i++) {
            mover.move(i);
          }
        });
  }

  /// Moves the rows of latents, one after the other.
  private static final class Mover {
    private final List<Part> parts;
    private final List<ByLatent> sorted;
    private final RowUpdate update;
    private final CoderState state;
    private final float[] dEncoder;
    private final float[] dDecoder;
    private final float[] dBias = new float[1];

    Mover(List<Part> parts, List<ByLatent> sorted, RowUpdate update, CoderState state) {
      this.parts = parts;
      this.sorted = sorted;
      this.update = update;
      this.state = state;
      dEncoder = new float[state.weights().encoder().cols()];
      dDecoder = new float[state.weights().decoder().cols()];
    }

    /// {@return where a share begins, so that all have about the same work}
    int bound(int share, int shares) {
      int latents = state.weights().bias().length;
      long all = work(latents);
      int low = 0;
      int high = latents;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (work(middle) * shares < all * share) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }

    /// A moved row costs about as much as four entries.
    private long work(int latents) {
      long work = 4L * latents;
      for (int p = 0; p < parts.size(); p++) {
        work += sorted.get(p).starts[latents];
      }
      return work;
    }

    void move(int latent) {
      int count = 0;
      for (int p = 0; p < parts.size(); p++) {
        count += sorted.get(p).count(latent);
      }
      if (count == 0 && (update.reach() == Reach.TOUCHED || !state.hasMoved(latent))) {
        return;
      }
      gradients(latent);
      Rows weights = state.weights();
      int encoder = weights.encoder().rowOffset(latent);
      int decoder = weights.decoder().rowOffset(latent);
      float[] rows = weights.decoder().data();
      boolean unit = update.norm() == DecoderNorm.UNIT;
      if (unit) {
        float along = CoderLoops.dot(dDecoder, 0, rows, decoder, dDecoder.length);
        CoderLoops.addScaled(-along, rows, decoder, dDecoder, 0, dDecoder.length);
      }
      RowOptimizer rule = update.optimizer();
      CoderLoops.move(rule, encoders(encoder), dEncoder, 0, dEncoder.length);
      CoderLoops.move(rule, decoders(decoder), dDecoder, 0, dDecoder.length);
      CoderLoops.move(rule, biases(latent), dBias, 0, 1);
      if (unit) {
        CoderLoops.normalise(rows, decoder, dDecoder.length);
      }
    }

    private void gradients(int latent) {
      Arrays.fill(dEncoder, 0);
      Arrays.fill(dDecoder, 0);
      float bias = 0;
      for (int p = 0; p < parts.size(); p++) {
        ByLatent by = sorted.get(p);
        int from = by.starts[latent];
        int to = by.starts[latent + 1];
        CoderLoops.addRows(
            new Entries(by.rows, by.dValues, from, to), parts.get(p).x(), dEncoder, 0);
        CoderLoops.addRows(
            new Entries(by.rows, by.values, from, to), parts.get(p).dY(), dDecoder, 0);
        for (int e = from; e < to; e++) {
          bias += by.dValues[e];
        }
      }
      dBias[0] = bias;
      if (update.pull().length > 0) {
        Matrix decoder = state.weights().decoder();
        int row = decoder.rowOffset(latent);
        float pull = update.pull()[latent];
        CoderLoops.addScaled(pull, decoder.data(), row, dDecoder, 0, dDecoder.length);
      }
    }

    private Moving encoders(int at) {
      return new Moving(
          state.weights().encoder().data(),
          state.first().encoder().data(),
          state.second().encoder().data(),
          at);
    }

    private Moving decoders(int at) {
      return new Moving(
          state.weights().decoder().data(),
          state.first().decoder().data(),
          state.second().decoder().data(),
          at);
    }

    private Moving biases(int at) {
      return new Moving(state.weights().bias(), state.first().bias(), state.second().bias(), at);
    }
  }

  @Override
  public void step(
      RowOptimizer optimizer, float[] weights, float[] gradient, float[] first, float[] second) {
    Shapes.adam(weights, gradient, first, second);
    var numbers = new Moving(weights, first, second, 0);
    team.run(
        weights.length,
        ALONE,
        (share, shares) -> {
          int from = Gemm.bound(weights.length, VectorMath.LANES, share, shares);
          int to = Gemm.bound(weights.length, VectorMath.LANES, share + 1, shares);
          CoderLoops.move(optimizer, numbers, gradient, from, to);
        });
  }

  @Override
  public void close() {
    team.close();
  }
}
