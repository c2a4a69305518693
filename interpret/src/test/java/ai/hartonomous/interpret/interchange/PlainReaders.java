package ai.hartonomous.interpret.interchange;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The forward passes of the other libraries in plain loops, written from their source and from
/// nothing of ours. `x` is one input `[D]`, what comes out one prediction.
final class PlainReaders {

  private PlainReaders() {}

  static JsonNode json(Path file) throws IOException {
    return new JsonMapper().readTree(Files.readString(file));
  }

  /// github.com/EleutherAI/sparsify, sparse_coder.py: encode, decode, forward.
  static double[] sparsify(JsonNode cfg, PlainSafetensors file, float[] x) {
    double[] pre = new double[file.shape("encoder.weight").getFirst()];
    for (int i = 0; i < pre.length; i++) {
      pre[i] = file.at("encoder.bias", i);
      for (int c = 0; c < x.length; c++) {
        double in = cfg.path("transcode").asBoolean() ? x[c] : x[c] - file.at("b_dec", c);
        pre[i] += in * file.at("encoder.weight", i, c);
      }
      pre[i] = Math.max(0, pre[i]);
    }
    keepLargest(pre, cfg.path("k").asInt());
    return decoded(file, pre, x);
  }

  /// github.com/decoderesearch/SAELens, saes/sae.py, topk_sae.py, jumprelu_sae.py, transcoder.py.
  static double[] saeLens(JsonNode cfg, PlainSafetensors file, float[] x) {
    double[] pre = new double[file.shape("W_enc").getLast()];
    for (int i = 0; i < pre.length; i++) {
      pre[i] = file.at("b_enc", i);
      for (int c = 0; c < x.length; c++) {
        boolean subtract = cfg.path("apply_b_dec_to_input").asBoolean();
        pre[i] += (subtract ? x[c] - file.at("b_dec", c) : x[c]) * file.at("W_enc", c, i);
      }
      boolean masked =
          file.numbers().containsKey("threshold") && !(pre[i] > file.at("threshold", i));
      pre[i] = masked ? 0 : Math.max(0, pre[i]);
    }
    if (cfg.path("architecture").asString().equals("topk")) {
      keepLargest(pre, cfg.path("k").asInt());
    }
    return decoded(file, pre, x);
  }

  private static void keepLargest(double[] values, int k) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i] < sorted[values.length - k] ? 0 : values[i];
    }
  }

  private static double[] decoded(PlainSafetensors file, double[] latents, float[] x) {
    double[] y = new double[file.shape("b_dec").getFirst()];
    for (int o = 0; o < y.length; o++) {
      y[o] = file.at("b_dec", o);
      for (int i = 0; i < latents.length; i++) {
        y[o] += latents[i] * file.at("W_dec", i, o);
      }
      for (int c = 0; c < x.length && file.numbers().containsKey("W_skip"); c++) {
        y[o] += x[c] * file.at("W_skip", o, c);
      }
    }
    return y;
  }
}
