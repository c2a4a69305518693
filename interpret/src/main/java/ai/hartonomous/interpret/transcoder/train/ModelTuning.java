package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.interpret.transcoder.CoderActivation;
import ai.hartonomous.interpret.transcoder.CoderWeights;
import ai.hartonomous.interpret.transcoder.Latents;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Moves trained coders so that the model with all of them in place predicts what the model alone
/// predicts: the loss is the divergence `KL(P || P_replaced)` of the next token, its gradient goes
/// through the whole replaced model. Beside it stands, for each coder, the fraction of variance
/// unexplained of what its MLP itself would have written there; that gradient moves this coder
/// alone. Without it coders stop explaining their MLPs. Thresholds stay. Source: the "kl"
/// finetuning of sparsify, with the true divergence (theirs lacks the constant entropy); the second
/// term is ours.
public final class ModelTuning {
  private final Transformer transformer;
  private final Kernels kernels;
  private final CoderKernels coderKernels;
  private final Trace alone;
  private final Trace replaced;
  private final List<Tuned> coders = new ArrayList<>();
  private final Map<HookPoint, Tuned> readers = new HashMap<>();
  private final Map<HookPoint, Tuned> writers = new HashMap<>();
  private final double fidelity;
  private int steps;

  /// What a step measured before it moved the coders.
  ///
  /// @param divergence mean divergence, in nats for each token
  /// @param unexplained mean over the coders of the fraction of variance unexplained
  public record Loss(double divergence, double unexplained) {}

  /// Prepares a tuning. The given coders stay as they are; {@link #coders} has the moved ones.
  ///
  /// @param transformer the model; its kernels compute the dense products
  /// @param coders what to put in place, each at a place of its own
  /// @param fidelity weight of each coder's fraction of variance unexplained; at least 0
  /// @param coderKernels computes the sparse passes
  public ModelTuning(
      Transformer transformer,
      List<SparseCoder> coders,
      double fidelity,
      CoderKernels coderKernels) {
    this.fidelity = fidelity;
    this.transformer = transformer;
    this.kernels = transformer.kernels();
    this.coderKernels = coderKernels;
    alone = transformer.trace(Trace.Keep.INFERENCE);
    replaced = transformer.trace(Trace.Keep.TRAINING);
    for (SparseCoder coder : coders) {
      var tuned = new Tuned(coder);
      this.coders.add(tuned);
      if (readers.put(coder.reads(), tuned) != null || writers.put(coder.writes(), tuned) != null) {
        throw new IllegalArgumentException("two coders at " + coder.reads().path());
      }
      if (coder.reads().equals(coder.writes())) {
        throw new IllegalArgumentException(
            "the autoencoder at %s cannot be tuned".formatted(coder.reads().path()));
      }
    }
  }

  /// Does one step of Adam.
  ///
  /// @param batch sequences
  /// @param counts which rows of the batch count as predictions, `[B T]`
  /// @param rate learning rate
  /// @return the losses before the step
  public Loss step(Batch batch, boolean[] counts, double rate) {
    steps++;
    return step(batch, counts, RowOptimizer.Adam.of((float) rate, steps));
  }

  /// Does one step of any optimizer.
  Loss step(Batch batch, boolean[] counts, RowOptimizer optimizer) {
    Matrix logits = transformer.forward(batch, alone, Hooks.NONE);
    Matrix teacher = Matrix.of(logits.data().clone(), logits.rows(), logits.cols());
    Matrix student = transformer.forward(batch, replaced, this::replace);
    float[] losses = new float[batch.rows()];
    kernels.divergence(teacher, student, 1, losses);
    int count = 0;
    double sum = 0;
    for (int r = 0; r < losses.length; r++) {
      count += counts[r] ? 1 : 0;
      sum += counts[r] ? losses[r] : 0;
    }
    float[] scale = new float[losses.length];
    for (int r = 0; r < scale.length; r++) {
      scale[r] = counts[r] ? 1f / count : 0;
    }
    Matrix gradient = Matrix.zeros(student.rows(), student.cols());
    kernels.divergenceBackward(teacher, student, 1, scale, gradient);
    transformer.backward(replaced, gradient, null, this::passBack);
    double unexplained = 0;
    for (Tuned coder : coders) {
      unexplained += coder.addLocalGradient() / coders.size();
      coder.move(optimizer);
    }
    return new Loss(sum / count, unexplained);
  }

  /// {@return the coders as they are now; copies}
  public List<SparseCoder> coders() {
    return coders.stream().map(Tuned::coder).toList();
  }

  private void replace(HookPoint point, Matrix values) {
    Tuned reader = readers.get(point);
    if (reader != null) {
      reader.predict(values);
    }
    Tuned writer = writers.get(point);
    if (writer != null) {
      writer.target = Tuned.whole(values);
      copy(writer.prediction, values);
    }
  }

  /// What the coder wrote does not depend on the MLP that it replaced, and what it read is reached
  /// through the coder only.
  private void passBack(HookPoint point, Matrix gradient) {
    Tuned writer = writers.get(point);
    if (writer != null) {
      writer.takeGradient(gradient);
      for (int r = 0; r < gradient.rows(); r++) {
        int at = gradient.rowOffset(r);
        Arrays.fill(gradient.data(), at, at + gradient.cols(), 0);
      }
    }
    Tuned reader = readers.get(point);
    if (reader != null) {
      reader.addInputGradient(gradient);
    }
  }

  private static void copy(Matrix from, Matrix to) {
    for (int r = 0; r < from.rows(); r++) {
      from.readRow(r, to.data(), to.rowOffset(r));
    }
  }

  /// A coder in motion, with what its backward pass needs.
  private final class Tuned {
    private final SparseCoder first;
    private final CoderState state;
    private final float[] bias;
    private final float[][] biasMoments;
    private final @Nullable Matrix skip;
    private final float[][] skipMoments;
    private final SparseRows active = new SparseRows();
    private final Latents latents = new Latents();
    private Matrix x = Matrix.zeros(0, 0);
    private Matrix prediction = Matrix.zeros(0, 0);
    private Matrix target = Matrix.zeros(0, 0);
    private Matrix dY = Matrix.zeros(0, 0);
    private float[] dValues = {};

    Tuned(SparseCoder coder) {
      first = coder;
      CoderWeights w = coder.weights();
      if (w.inputBias() != null) {
        throw new IllegalArgumentException("a coder with an input bias cannot be tuned");
      }
      state =
          CoderState.of(new Rows(whole(w.encoder()), w.encoderBias().clone(), whole(w.decoder())));
      bias = w.decoderBias().clone();
      biasMoments = new float[2][bias.length];
      Matrix path = w.skip();
      skip = path == null ? null : whole(path);
      skipMoments = new float[2][path == null ? 0 : path.rows() * path.cols()];
    }

    private static Matrix whole(Matrix m) {
      Matrix copy = Matrix.zeros(m.rows(), m.cols());
      copy(m, copy);
      return copy;
    }

    /// The coder that shares the moving numbers.
    private SparseCoder live() {
      Rows rows = state.weights();
      return new SparseCoder(
          first.reads(),
          first.writes(),
          first.activation(),
          new CoderWeights(rows.encoder(), rows.bias(), rows.decoder(), bias, null, skip));
    }

    SparseCoder coder() {
      Rows rows = state.weights();
      CoderActivation activation = first.activation();
      return new SparseCoder(
          first.reads(),
          first.writes(),
          activation,
          new CoderWeights(
              whole(rows.encoder()),
              rows.bias().clone(),
              whole(rows.decoder()),
              bias.clone(),
              null,
              skip == null ? null : whole(skip)));
    }

    void predict(Matrix values) {
      x = whole(values);
      prediction = Matrix.zeros(x.rows(), bias.length);
      SparseCoder live = live();
      live.encode(x, kernels, latents);
      live.decode(latents, x, kernels, prediction);
      active.clear();
      for (int r = 0; r < latents.rows(); r++) {
        for (int e = latents.start(r); e < latents.start(r + 1); e++) {
          active.add(latents.latent(e), latents.value(e));
        }
        active.endRow();
      }
    }

    void takeGradient(Matrix gradient) {
      dY = whole(gradient);
      decode();
    }

    /// Computes the gradient of each active latent from that of the output.
    private void decode() {
      dValues = new float[active.size()];
      Matrix decoder = state.weights().decoder();
      for (int r = 0; r < active.rows(); r++) {
        for (int e = active.starts()[r]; e < active.starts()[r + 1]; e++) {
          float sum = 0;
          for (int c = 0; c < dY.cols(); c++) {
            sum += dY.at(r, c) * decoder.at(active.columns()[e], c);
          }
          dValues[e] = sum;
        }
      }
    }

    /// Adds the gradient of what the coder misses of its MLP, once nothing is passed back any more.
    ///
    /// @return the fraction of variance unexplained
    double addLocalGradient() {
      double spread = Variance.of(target);
      float scale = spread > 0 ? (float) (2 * fidelity / spread) : 0;
      double squares = 0;
      for (int i = 0; i < prediction.data().length; i++) {
        float error = prediction.data()[i] - target.data()[i];
        squares += (double) error * error;
        dY.data()[i] += scale * error;
      }
      decode();
      return spread > 0 ? squares / spread : 0;
    }

    void addInputGradient(Matrix gradient) {
      Matrix encoder = state.weights().encoder();
      for (int r = 0; r < active.rows(); r++) {
        int at = gradient.rowOffset(r);
        for (int e = active.starts()[r]; e < active.starts()[r + 1]; e++) {
          for (int c = 0; c < encoder.cols(); c++) {
            gradient.data()[at + c] += dValues[e] * encoder.at(active.columns()[e], c);
          }
        }
      }
      if (skip != null) {
        kernels.multiplyAdd(dY, skip, gradient);
      }
    }

    void move(RowOptimizer optimizer) {
      float[] dBias = new float[bias.length];
      kernels.sumRows(dY, dBias);
      coderKernels.step(optimizer, bias, dBias, biasMoments[0], biasMoments[1]);
      if (skip != null) {
        Matrix dSkip = Matrix.zeros(skip.rows(), skip.cols());
        kernels.multiply(dY.transposed(), x, dSkip);
        coderKernels.step(optimizer, skip.data(), dSkip.data(), skipMoments[0], skipMoments[1]);
      }
      coderKernels.update(
          List.of(new Part(active, dValues, x, dY)),
          new RowUpdate(optimizer, Reach.EVERY, DecoderNorm.FREE, new float[0]),
          state);
    }
  }
}
