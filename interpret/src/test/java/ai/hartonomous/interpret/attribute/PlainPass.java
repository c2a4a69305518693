package ai.hartonomous.interpret.attribute;

import ai.hartonomous.interpret.transcoder.CoderActivation;
import ai.hartonomous.interpret.transcoder.CoderActivation.JumpRelu;
import ai.hartonomous.interpret.transcoder.CoderActivation.Relu;
import ai.hartonomous.interpret.transcoder.CoderActivation.TopK;
import ai.hartonomous.interpret.transcoder.CoderWeights;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Norm;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// The last row of a whole pass: what MLPs read and wrote, and the end of the residual stream.
record PlainPass(Model model, Map<HookPoint, float[]> rows) {

  float[] at(Site site, int layer) {
    return Objects.requireNonNull(rows.get(new HookPoint(site, layer)));
  }

  float[] residual() {
    return at(Site.RESIDUAL_AFTER, model.config().layers().size() - 1);
  }

  /// {@return the logit of a token from a residual stream, with the divisor of another one}
  double logit(int id, float[] residual, float[] divisorOf) {
    float[] row = new float[residual.length];
    model.weights().output().weight().readRow(id, row, 0);
    Norm norm = model.weights().finalNorm();
    float[] bias = model.weights().output().bias();
    double sum = bias == null ? 0 : bias[id];
    double mean = norm != null && norm.kind() == Norm.Kind.LAYER ? mean(residual) : 0;
    double divisor = norm == null ? 1 : divisor(norm, divisorOf);
    for (int i = 0; i < row.length; i++) {
      double gain = norm == null ? 1 : norm.gain()[i];
      double shift = norm == null || norm.bias() == null ? 0 : norm.bias()[i];
      sum += row[i] * ((residual[i] - mean) / divisor * gain + shift);
    }
    return sum;
  }

  private static double divisor(Norm norm, float[] x) {
    double mean = norm.kind() == Norm.Kind.LAYER ? mean(x) : 0;
    double squares = 0;
    for (float each : x) {
      squares += (each - mean) * (each - mean);
    }
    return Math.sqrt(squares / x.length + norm.epsilon());
  }

  private static double mean(float[] x) {
    double sum = 0;
    for (float each : x) {
      sum += each;
    }
    return sum / x.length;
  }

  /// {@return what a vector in the residual stream adds to a logit: what is lost without it}
  double effect(int id, double[] vector) {
    float[] without = residual().clone();
    for (int i = 0; i < vector.length; i++) {
      without[i] -= (float) vector[i];
    }
    return logit(id, residual(), residual()) - logit(id, without, residual());
  }

  /// {@return a pass of these tokens; what is steered is kept as it was before}
  static PlainPass of(Model model, int[] ids, Hooks steering, Kernels kernels) {
    Map<HookPoint, float[]> rows = new HashMap<>();
    Hooks keep =
        (point, values) -> {
          boolean wanted =
              switch (point.site()) {
                case MLP_INPUT, MLP_OUTPUT, RESIDUAL_AFTER -> true;
                default -> false;
              };
          if (wanted) {
            float[] row = new float[values.cols()];
            values.readRow(ids.length - 1, row, 0);
            rows.put(point, row);
          }
        };
    var transformer = new Transformer(model, kernels);
    transformer.forward(
        Batch.of(ids), transformer.trace(Trace.Keep.INFERENCE), keep.andThen(steering));
    return new PlainPass(model, rows);
  }

  /// {@return the activation of every active feature, in double precision}
  static Map<Integer, Double> active(SparseCoder coder, float[] x) {
    CoderWeights weights = coder.weights();
    double[] z = new double[weights.latents()];
    for (int f = 0; f < z.length; f++) {
      z[f] = weights.encoderBias()[f];
      for (int i = 0; i < x.length; i++) {
        double pre = weights.inputBias() == null ? 0 : weights.inputBias()[i];
        z[f] += weights.encoder().at(f, i) * (x[i] - pre);
      }
    }
    Map<Integer, Double> active = new TreeMap<>();
    CoderActivation activation = coder.activation();
    for (int f = 0; f < z.length; f++) {
      double own = z[f];
      boolean on =
          switch (activation) {
            case TopK(int k) -> Arrays.stream(z).filter(other -> other > own).count() < k;
            case JumpRelu(float[] thresholds) -> own > thresholds[f];
            case Relu() -> true;
          };
      if (on && own > 0) {
        active.put(f, own);
      }
    }
    return active;
  }

  static double[] row(Matrix rows, int row, double factor) {
    return IntStream.range(0, rows.cols()).mapToDouble(i -> factor * rows.at(row, i)).toArray();
  }

  private static double[] skip(CoderWeights weights, float[] x) {
    double[] y = new double[x.length];
    Matrix skip = weights.skip();
    for (int o = 0; skip != null && o < y.length; o++) {
      for (int i = 0; i < x.length; i++) {
        y[o] += skip.at(o, i) * x[i];
      }
    }
    return y;
  }

  private static void subtract(double[] from, double[] what) {
    for (int i = 0; i < from.length; i++) {
      from[i] -= what[i];
    }
  }

  /// What a plain computation says of the parts of coded layers.
  record Parts(Map<String, Double> features, double skip, double error) {}

  Parts parts(List<SparseCoder> coders, int id) {
    Map<String, Double> features = new TreeMap<>();
    double skips = 0;
    double errors = 0;
    for (SparseCoder coder : coders) {
      int layer = coder.reads().layer();
      float[] x = at(Site.MLP_INPUT, layer);
      CoderWeights weights = coder.weights();
      double[] missed = row(Matrix.of(at(Site.MLP_OUTPUT, layer), 1, x.length), 0, 1);
      subtract(missed, row(Matrix.of(weights.decoderBias(), 1, x.length), 0, 1));
      double[] skip = skip(weights, x);
      subtract(missed, skip);
      for (Map.Entry<Integer, Double> on : active(coder, x).entrySet()) {
        double[] written = row(weights.decoder(), on.getKey(), on.getValue());
        subtract(missed, written);
        features.put("layers.%d.features.%d".formatted(layer, on.getKey()), effect(id, written));
      }
      skips += effect(id, skip);
      errors += effect(id, missed);
    }
    return new Parts(features, skips, errors);
  }
}
