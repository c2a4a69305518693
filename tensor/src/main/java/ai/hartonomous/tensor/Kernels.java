package ai.hartonomous.tensor;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/// The numeric operations that everything above is made of, each with what its backward pass needs.
/// An instance owns a fixed team of threads and is used by one caller at a time. Results do not
/// depend on the run: for a given implementation and number of threads the same inputs give the
/// same bits.
///
/// Letters: `R` rows (tokens of all sequences), `D` width, `V` vocabulary; {@link AttentionShape}
/// has the rest. Arguments called `dX` receive gradients and are **added to**; all other results
/// are overwritten. Views of results must not overlap the inputs unless stated.
public interface Kernels extends AutoCloseable {

  /// Up to so many rows, {@link #project} gives every row the same numbers, bit for bit, whichever
  /// rows come with it.
  int INDEPENDENT_ROWS = 24;

  /// {@return the fastest implementation found, computing on `threads` threads}
  ///
  /// @param threads number of threads, at least 1
  static Kernels of(int threads) {
    return ServiceLoader.load(KernelsProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(KernelsProvider::isSupported)
        .max(Comparator.comparingInt(KernelsProvider::priority))
        .map(provider -> provider.create(threads))
        .orElseGet(ReferenceKernels::new);
  }

  /// {@return number of threads that compute}
  int threads();

  /// `c = a b`, `[M, K] [K, N] -> [M, N]`.
  ///
  /// @param a left factor
  /// @param b right factor
  /// @param c result (overwritten)
  void multiply(Matrix a, Matrix b, Matrix c);

  /// `c += a b`, `[M, K] [K, N] -> [M, N]`.
  ///
  /// @param a left factor
  /// @param b right factor
  /// @param c result (added to)
  void multiplyAdd(Matrix a, Matrix b, Matrix c);

  /// `out = x Wᵀ (+ bias)`, `[R, D_in] -> [R, D_out]`: a linear layer. `x` and `out` are row-major.
  ///
  /// @param x input rows
  /// @param weight `[D_out, D_in]`
  /// @param bias `[D_out]`, or null
  /// @param out result rows
  void project(Matrix x, Weight weight, float @Nullable [] bias, Matrix out);

  /// Several linear maps of the same rows, each bit for bit as {@link #project} computes it.
  ///
  /// @param x input rows
  /// @param maps what to compute; the results must not overlap each other
  default void projectAll(Matrix x, List<Projection> maps) {
    for (Projection map : maps) {
      project(x, map.weight(), map.bias(), map.out());
    }
  }

  /// One of several linear maps of the same rows.
  ///
  /// @param weight `[D_out, D_in]`
  /// @param bias `[D_out]`, or null
  /// @param out result rows
  record Projection(Weight weight, float @Nullable [] bias, Matrix out) {

    /// Keeps what it is given.
    ///
    /// @param weight `[D_out, D_in]`
    /// @param bias `[D_out]`, or null
    /// @param out result rows
    public Projection(Weight weight, float @Nullable [] bias, Matrix out) {
      this.weight = weight;
      this.bias = bias;
      this.out = out;
    }
  }

  /// Adds the sum of all rows of `x` `[R, D]` to `dBias` `[D]`.
  ///
  /// @param x rows to add up
  /// @param dBias receives the sums (added)
  void sumRows(Matrix x, float[] dBias);

  /// Copies row `ids[r]` of `table` `[V, D]` to row `r` of `out` `[R, D]`.
  ///
  /// @param table rows to choose from
  /// @param ids row numbers `[R]`
  /// @param out result (overwritten)
  void gather(Weight table, int[] ids, Matrix out);

  /// Adds row `r` of `dOut` `[R, D]` to row `ids[r]` of `dTable` `[V, D]`.
  ///
  /// @param dOut rows to add
  /// @param ids row numbers `[R]`
  /// @param dTable receives the rows (added)
  void scatterAdd(Matrix dOut, int[] ids, Matrix dTable);

  /// `out = a + b`, elementwise over `size` leading elements; `out` may be `a` or `b`.
  ///
  /// @param a first addend
  /// @param b second addend
  /// @param out sum
  /// @param size number of elements
  void add(float[] a, float[] b, float[] out, int size);

  /// `out += scale * x`, elementwise over `size` leading elements.
  ///
  /// @param scale factor
  /// @param x addend
  /// @param out receives the product (added)
  /// @param size number of elements
  void addScaled(float scale, float[] x, float[] out, int size);

  /// Normalises each row, then scales and shifts it. `out` may be `x`.
  ///
  /// @param norm parameters
  /// @param x input `[R, D]`
  /// @param out result `[R, D]`
  /// @param stats receives mean (0 for RMS) and inverse deviation of each row, `[R, 2]`
  void norm(Norm norm, Matrix x, Matrix out, float[] stats);

  /// Gradient of {@link #norm}.
  ///
  /// @param norm parameters
  /// @param x input of the forward pass `[R, D]`
  /// @param stats what the forward pass stored, `[R, 2]`
  /// @param dOut gradient of the result `[R, D]`
  /// @param dX receives the gradient of the input (added), `[R, D]`
  /// @param dNorm receives the gradients of gain and bias (added), or null
  void normBackward(
      Norm norm, Matrix x, float[] stats, Matrix dOut, Matrix dX, @Nullable Norm dNorm);

  /// `out = activation(x)` over `size` leading elements; `out` may be `x`.
  ///
  /// @param activation non-linearity
  /// @param x input
  /// @param out result
  /// @param size number of elements
  void activate(Activation activation, float[] x, float[] out, int size);

  /// `dX += activation'(x) * dOut` over `size` leading elements.
  ///
  /// @param activation non-linearity
  /// @param x input of the forward pass
  /// @param dOut gradient of the result
  /// @param dX receives the gradient of the input (added)
  /// @param size number of elements
  void activateBackward(Activation activation, float[] x, float[] dOut, float[] dX, int size);

  /// `out = activation(gate) * up` over `size` leading elements: a gated MLP. `out` may be `up`.
  /// Source: Shazeer, "GLU Variants Improve Transformer", 2020, arXiv:2002.05202.
  ///
  /// @param activation non-linearity
  /// @param gate input of the activation
  /// @param up its factor
  /// @param out result
  /// @param size number of elements
  void gate(Activation activation, float[] gate, float[] up, float[] out, int size);

  /// Gradient of {@link #gate}, added to `dGate` and `dUp`.
  ///
  /// @param activation non-linearity
  /// @param in inputs of the forward pass
  /// @param dOut gradient of the result
  /// @param dIn receives the gradients of the inputs (added)
  /// @param size number of elements
  void gateBackward(Activation activation, Gated in, float[] dOut, Gated dIn, int size);

  /// The two inputs of {@link #gate}, or their gradients.
  ///
  /// @param gate input of the activation
  /// @param up its factor
  record Gated(float[] gate, float[] up) {}

  /// Rotates every head of every row by the angle of its position, in place.
  ///
  /// @param rotary angles
  /// @param x `[R, heads * headWidth]`, row-major
  /// @param headWidth `K`
  /// @param positions position of each row, `[R]`
  void rotate(Rotary rotary, Matrix x, int headWidth, int[] positions);

  /// The inverse of {@link #rotate}, which is also its gradient.
  ///
  /// @param rotary angles
  /// @param x `[R, heads * headWidth]`, row-major
  /// @param headWidth `K`
  /// @param positions position of each row, `[R]`
  void rotateBack(Rotary rotary, Matrix x, int headWidth, int[] positions);

  /// Softmax of the scaled, masked scores of every query. Source: Vaswani et al., "Attention Is All
  /// You Need", 2017, arXiv:1706.03762, equation 1.
  ///
  /// @param shape extents and mask
  /// @param q queries `[B, T, H, K]`
  /// @param k keys `[B, S, G, K]`; only that many leading elements are read
  /// @param pattern receives the weights `[B, H, T, S]`; masked places become 0
  void attentionPattern(AttentionShape shape, float[] q, float[] k, float[] pattern);

  /// Gradient of {@link #attentionPattern}, added to `dQ` and `dK`.
  ///
  /// @param shape extents and mask
  /// @param in queries and keys of the forward pass
  /// @param pattern result of the forward pass
  /// @param dPattern gradient of the result; **overwritten** with the gradient of the scores
  /// @param dIn receives the gradients of queries and keys
  void attentionPatternBackward(
      AttentionShape shape, QueryKey in, float[] pattern, float[] dPattern, QueryKey dIn);

  /// Queries and keys of one layer, or their gradients.
  ///
  /// @param q `[B, T, H, K]`
  /// @param k `[B, S, G, K]`
  record QueryKey(float[] q, float[] k) {}

  /// Weighted sum of values: `z[b, t, h] = Σ_s pattern[b, h, t, s] v[b, s, keyHead(h)]`.
  ///
  /// @param shape extents and mask; masked places of `pattern` are not read and count as 0
  /// @param pattern `[B, H, T, S]`
  /// @param v values `[B, S, G, K]`
  /// @param z receives `[B, T, H, K]`
  void attentionOutput(AttentionShape shape, float[] pattern, float[] v, float[] z);

  /// Gradient of {@link #attentionOutput}.
  ///
  /// @param shape extents and mask
  /// @param in pattern and values of the forward pass
  /// @param dZ gradient of the result
  /// @param dPattern receives the gradient of the pattern (overwritten), `[B, H, T, S]`
  /// @param dV receives the gradient of the values (added), `[B, S, G, K]`
  void attentionOutputBackward(
      AttentionShape shape, PatternValue in, float[] dZ, float[] dPattern, float[] dV);

  /// Pattern and values of one layer.
  ///
  /// @param pattern `[B, H, T, S]`
  /// @param v `[B, S, G, K]`
  record PatternValue(float[] pattern, float[] v) {}

  /// {@link #attentionPattern} of several sequences, each bit for bit as alone.
  ///
  /// @param all sequences; the parts of the arrays that they write must not overlap
  default void attentionPatterns(List<Attended> all) {
    for (Attended one : all) {
      int size = one.shape().queries() * one.shape().heads() * one.shape().headWidth();
      float[] q = Arrays.copyOfRange(one.q(), one.at(), one.at() + size);
      float[] pattern = new float[one.shape().patternSize()];
      attentionPattern(one.shape(), q, one.k(), pattern);
      System.arraycopy(pattern, 0, one.pattern(), one.patternAt(), pattern.length);
    }
  }

  /// {@link #attentionOutput} of several sequences, each bit for bit as alone.
  ///
  /// @param all sequences; the parts of the arrays that they write must not overlap
  default void attentionOutputs(List<Attended> all) {
    for (Attended one : all) {
      float[] z = new float[one.shape().queries() * one.shape().heads() * one.shape().headWidth()];
      int end = one.patternAt() + one.shape().patternSize();
      float[] pattern = Arrays.copyOfRange(one.pattern(), one.patternAt(), end);
      attentionOutput(one.shape(), pattern, one.v(), z);
      System.arraycopy(z, 0, one.z(), one.at(), z.length);
    }
  }

  /// The attention of one of several sequences whose queries stand one after the other.
  ///
  /// @param shape extents and mask; its batch is 1
  /// @param q queries of all sequences
  /// @param z receives the outputs of all sequences
  /// @param at where those of this one begin in `q` and `z`
  /// @param k keys of this sequence
  /// @param v values of this sequence
  /// @param pattern receives the weights of all sequences
  /// @param patternAt where those of this one begin
  record Attended(
      AttentionShape shape,
      float[] q,
      float[] z,
      int at,
      float[] k,
      float[] v,
      float[] pattern,
      int patternAt) {}

  /// Replaces each row by its softmax with temperature 1.
  ///
  /// @param rows `[R, V]`
  void softmax(Matrix rows);

  /// Cross-entropy of each row with a target.
  ///
  /// @param logits `[R, V]`
  /// @param targets right class of each row, `[R]`; -1 leaves the row out
  /// @param losses receives the loss in nats of each row, 0 where left out, `[R]`
  void crossEntropy(Matrix logits, int[] targets, float[] losses);

  /// Gradient of `scale * Σ losses` of {@link #crossEntropy}.
  ///
  /// @param logits `[R, V]`
  /// @param targets right class of each row; -1 gives a zero gradient
  /// @param scale factor, usually 1 / number of targets
  /// @param dLogits receives the gradient (overwritten); may be `logits`
  void crossEntropyBackward(Matrix logits, int[] targets, float scale, Matrix dLogits);

  /// Forward Kullback-Leibler divergence of each row, `Σ p log(p / q)` with `p` the softmax of
  /// `teacher / temperature` and `q` that of `student / temperature`, times `temperature²`. Source:
  /// Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015,
  /// arXiv:1503.02531, section 2.1.
  ///
  /// @param teacher logits `[R, V]`
  /// @param student logits `[R, V]`
  /// @param temperature softens both distributions; above 0
  /// @param losses receives the loss of each row, `[R]`
  void divergence(Matrix teacher, Matrix student, float temperature, float[] losses);

  /// Gradient of `Σ rowScale[r] * losses[r]` of {@link #divergence} for the student's logits.
  ///
  /// @param teacher logits `[R, V]`
  /// @param student logits `[R, V]`
  /// @param temperature as in the forward pass
  /// @param rowScale factor of each row, `[R]`; 0 leaves a row out
  /// @param dStudent receives the gradient (overwritten); may be `student`
  void divergenceBackward(
      Matrix teacher, Matrix student, float temperature, float[] rowScale, Matrix dStudent);

  /// {@return the sum of squares of `x`, added up in double precision}
  ///
  /// @param x numbers to square and add up
  double sumOfSquares(float[] x);

  /// One step of AdamW for one tensor. Source: Loshchilov and Hutter, "Decoupled Weight Decay
  /// Regularization", 2019, arXiv:1711.05101, algorithm 2.
  ///
  /// @param step rates and correction of this step
  /// @param weights changed in place
  /// @param gradient gradient of the loss
  /// @param first running mean of the gradient
  /// @param second running mean of its square
  void adamW(AdamStep step, float[] weights, float[] gradient, float[] first, float[] second);

  /// What {@link #adamW} needs to know about the current step.
  ///
  /// @param rate learning rate
  /// @param weightDecay decoupled decay, multiplied by the rate
  /// @param beta1 memory of the first moment
  /// @param beta2 memory of the second moment
  /// @param gradientScale multiplies every gradient first (clipping, accumulation)
  /// @param step number of this step, from 1
  record AdamStep(
      float rate, float weightDecay, float beta1, float beta2, float gradientScale, int step) {
    /// Added to the root of the second moment.
    public static final float EPSILON = 1e-8f;
  }

  /// Ends the threads.
  @Override
  void close();
}
