package ai.hartonomous.interpret.attribute;

import ai.hartonomous.interpret.attribute.FrozenLayer.FrozenMlp;
import ai.hartonomous.interpret.transcoder.Latents;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Norm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Runs a model once, with hooks that write down what is to be frozen.
final class FrozenRecorder {
  private static final Set<Site> WANTED =
      EnumSet.of(
          Site.RESIDUAL_BEFORE,
          Site.ATTENTION_PATTERN,
          Site.ATTENTION_OUTPUT,
          Site.MLP_INPUT,
          Site.MLP_OUTPUT,
          Site.RESIDUAL_AFTER,
          Site.FINAL_NORM);

  private final Transformer transformer;
  private final Kernels kernels;
  private final Map<Integer, SparseCoder> coders;
  private final FrozenModel.Freeze freeze;
  private final Map<HookPoint, Matrix> seen = new HashMap<>();

  FrozenRecorder(
      Transformer transformer, Map<Integer, SparseCoder> coders, FrozenModel.Freeze freeze) {
    this.transformer = transformer;
    this.kernels = transformer.kernels();
    this.coders = coders;
    this.freeze = freeze;
    checkWeights(transformer.model().weights());
  }

  private static void checkWeights(Weights weights) {
    for (LayerWeights layer : weights.layers()) {
      if (!(layer.attention().value().weight() instanceof Matrix)
          || !(layer.attention().output().weight() instanceof Matrix)) {
        throw new IllegalArgumentException("quantised weights; load the model as floats");
      }
    }
  }

  FrozenModel freeze(int[] ids) {
    int layerCount = transformer.config().layers().size();
    Matrix logits =
        transformer.forward(Batch.of(ids), transformer.trace(Trace.Keep.INFERENCE), this::record);
    List<FrozenLayer> layers = new ArrayList<>();
    for (int l = 0; l < layerCount; l++) {
      layers.add(layer(l));
    }
    int last = ids.length - 1;
    Norm finalNorm = transformer.model().weights().finalNorm();
    Matrix after = seen(Site.RESIDUAL_AFTER, layerCount - 1);
    var recording =
        new FrozenModel.Recording(
            scales(finalNorm, after)[last], row(seen(Site.FINAL_NORM, 0), last), row(logits, last));
    return FrozenModel.of(transformer, ids, freeze, recording, layers);
  }

  private void record(HookPoint point, Matrix values) {
    if (WANTED.contains(point.site())) {
      seen.put(point, copy(values));
    }
    if (point.site() == Site.RESIDUAL_AFTER && point.layer() > 0) {
      seen.remove(new HookPoint(Site.RESIDUAL_AFTER, point.layer() - 1));
    }
  }

  private FrozenLayer layer(int l) {
    LayerWeights weights = transformer.model().weights().layers().get(l);
    Matrix before = seen(Site.RESIDUAL_BEFORE, l);
    float[] attentionScale = scales(weights.attentionNorm(), before);
    float[] pattern = seen(Site.ATTENTION_PATTERN, l).data();
    if (weights.mlp() == null) {
      return new FrozenLayer(pattern, attentionScale, new float[0], null);
    }
    Matrix source = before;
    if (!transformer.config().block().parallel()) {
      source = Matrix.zeros(before.rows(), before.cols());
      float[] attention = seen(Site.ATTENTION_OUTPUT, l).data();
      kernels.add(before.data(), attention, source.data(), source.data().length);
    }
    return new FrozenLayer(pattern, attentionScale, scales(weights.mlpNorm(), source), mlp(l));
  }

  private FrozenMlp mlp(int l) {
    Matrix input = seen(Site.MLP_INPUT, l);
    Matrix output = seen(Site.MLP_OUTPUT, l);
    SparseCoder coder = coders.get(l);
    Matrix error = copy(output);
    if (coder == null) {
      return new FrozenMlp(null, empty(input.rows()), input, output, error, null);
    }
    Latents active = active(coder, input);
    Matrix predicted = Matrix.zeros(output.rows(), output.cols());
    coder.decode(active, input, kernels, predicted);
    for (int i = 0; i < error.data().length; i++) {
      error.data()[i] -= predicted.data()[i];
    }
    return new FrozenMlp(coder, active, input, output, error, skip(coder, input));
  }

  private @Nullable Matrix skip(SparseCoder coder, Matrix input) {
    Matrix weight = coder.weights().skip();
    if (weight == null || freeze.skip() == SkipPath.FOLLOWED) {
      return null;
    }
    Matrix skip = Matrix.zeros(input.rows(), weight.rows());
    kernels.project(input, weight, null, skip);
    return skip;
  }

  private Latents active(SparseCoder coder, Matrix input) {
    Latents all = new Latents();
    coder.encode(input, kernels, all);
    Latents kept = new Latents();
    for (int r = 0; r < all.rows(); r++) {
      for (int e = all.start(r); r >= freeze.leading() && e < all.start(r + 1); e++) {
        kept.add(all.latent(e), all.value(e));
      }
      kept.endRow();
    }
    return kept;
  }

  private static Latents empty(int rows) {
    Latents none = new Latents();
    for (int r = 0; r < rows; r++) {
      none.endRow();
    }
    return none;
  }

  private float[] scales(@Nullable Norm norm, Matrix x) {
    float[] scales = new float[x.rows()];
    if (norm == null) {
      Arrays.fill(scales, 1);
      return scales;
    }
    float[] stats = new float[2 * x.rows()];
    kernels.norm(norm, x, Matrix.zeros(x.rows(), x.cols()), stats);
    for (int r = 0; r < scales.length; r++) {
      scales[r] = stats[2 * r + 1];
    }
    return scales;
  }

  private Matrix seen(Site site, int l) {
    Matrix values = seen.get(new HookPoint(site, l));
    if (values == null) {
      throw new IllegalStateException("the pass never reached " + new HookPoint(site, l).path());
    }
    return values;
  }

  private static float[] row(Matrix values, int r) {
    float[] row = new float[values.cols()];
    values.readRow(r, row, 0);
    return row;
  }

  private static Matrix copy(Matrix values) {
    Matrix copy = Matrix.zeros(values.rows(), values.cols());
    for (int r = 0; r < values.rows(); r++) {
      values.readRow(r, copy.data(), copy.rowOffset(r));
    }
    return copy;
  }
}
