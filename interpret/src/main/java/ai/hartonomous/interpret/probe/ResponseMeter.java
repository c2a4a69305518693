package ai.hartonomous.interpret.probe;

import ai.hartonomous.interpret.probe.Component.Kind;
import ai.hartonomous.interpret.transcoder.Latents;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/// Measures what the components of a model do on texts. The response of a component is a mean over
/// the tokens of a text that count:
/// - head: the Euclidean norm of what it adds to the residual stream, `|W_O z|`. The norm, because
///   what a head writes has no sign of its own; it misses what the head writes and only tells how
///   much.
/// - neuron: the size of its activation, `|a|`, which is the norm of what it adds up to a constant.
///   The sign is left out because it is a matter of convention in a gated MLP: with a row of `up`
///   and the column of `down` both negated, the model is the same.
/// - feature: its activation.
public final class ResponseMeter {
  /// Number of the method above. With another one, kept responses are measured again.
  public static final int METHOD = 1;

  private final Transformer transformer;
  private final List<SparseCoder> coders;
  private final int leading;
  private final List<Component> components = new ArrayList<>();
  private final List<float[][]> grams = new ArrayList<>(); // of each layer, each head's [K, K]
  private final int[] firstHead;
  private final int[] firstNeuron;
  private final int[] firstFeature;
  private final Latents latents = new Latents();

  /// Prepares measurements.
  ///
  /// @param transformer the model; used by this until the last measurement
  /// @param coders coders of the model whose features count as components too
  /// @param leading positions at the start of every text that do not count, such as the begin
  ///   token's
  public ResponseMeter(Transformer transformer, List<SparseCoder> coders, int leading) {
    this.transformer = transformer;
    this.coders = List.copyOf(coders);
    this.leading = leading;
    List<LayerConfig> layers = transformer.config().layers();
    firstHead = new int[layers.size()];
    firstNeuron = new int[layers.size()];
    firstFeature = new int[coders.size()];
    for (int l = 0; l < layers.size(); l++) {
      firstHead[l] = add("layers.%d.heads.".formatted(l), layers.get(l).heads(), Kind.HEAD);
      grams.add(grams(transformer.model().weights().layers().get(l).attention().output(), l));
    }
    for (int l = 0; l < layers.size(); l++) {
      firstNeuron[l] = add("layers.%d.neurons.".formatted(l), layers.get(l).neurons(), Kind.NEURON);
    }
    for (int c = 0; c < coders.size(); c++) {
      String path = coders.get(c).reads().path() + ".features.";
      firstFeature[c] = add(path, coders.get(c).weights().latents(), Kind.FEATURE);
    }
  }

  /// {@return positions at the start of every text that do not count: 1 where the tokenizer puts a
  /// begin token there, else 0}
  ///
  /// @param tokenizer of the model
  public static int leading(Tokenizer tokenizer) {
    return tokenizer.addsBegin() && tokenizer.beginId().isPresent() ? 1 : 0;
  }

  private int add(String path, int count, Kind kind) {
    int first = components.size();
    for (int i = 0; i < count; i++) {
      components.add(new Component(path + i, kind));
    }
    return first;
  }

  /// {@return `W_hᵀ W_h` of the columns of every head, from which norms follow without products of
  /// full width}
  private float[][] grams(Linear output, int layer) {
    ModelConfig config = transformer.config();
    int k = config.extents().headWidth();
    int heads = config.layers().get(layer).heads();
    float[] row = new float[heads * k];
    float[][] result = new float[heads][k * k];
    for (int d = 0; d < output.weight().rows(); d++) {
      output.weight().readRow(d, row, 0);
      for (int h = 0; h < heads; h++) {
        for (int i = 0; i < k * k; i++) {
          result[h][i] += row[h * k + i / k] * row[h * k + i % k];
        }
      }
    }
    return result;
  }

  /// {@return the components, in the order of responses}
  public List<Component> components() {
    return List.copyOf(components);
  }

  /// Runs the model over texts.
  ///
  /// @param texts token ids of each text; longer ones than the model's positions are cut
  /// @param progress told the number of texts so far, after every one
  /// @return the responses, `[C][P]`
  /// @throws IllegalArgumentException if a text has no token that counts
  /// @throws InterruptedException if the thread is interrupted
  public Responses measure(List<int[]> texts, IntConsumer progress) throws InterruptedException {
    float[][] values = new float[components.size()][texts.size()];
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    for (int p = 0; p < texts.size(); p++) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (cut(texts.get(p)).length <= leading) {
        throw new IllegalArgumentException("text %d has no token that counts".formatted(p));
      }
      float[] responses = respond(texts.get(p), trace);
      for (int c = 0; c < responses.length; c++) {
        values[c][p] = responses[c];
      }
      progress.accept(p + 1);
    }
    return new Responses(components, values);
  }

  /// Runs the model over one text.
  ///
  /// @param text token ids; cut where the model's positions end
  /// @param trace buffers of this model's passes
  /// @return the response of each component, `[C]`
  /// @throws IllegalArgumentException if the text has no token that counts
  public float[] respond(int[] text, Trace trace) {
    int[] ids = cut(text);
    if (ids.length <= leading) {
      throw new IllegalArgumentException("the text has no token that counts");
    }
    float[] responses = new float[components.size()];
    transformer.forward(Batch.of(ids), trace, (point, rows) -> collect(point, rows, responses));
    return responses;
  }

  private int[] cut(int[] ids) {
    int most = transformer.config().extents().positions();
    return ids.length <= most ? ids : Arrays.copyOf(ids, most);
  }

  private void collect(HookPoint point, Matrix rows, float[] responses) {
    if (point.site() == Site.HEAD_OUTPUT) {
      collectHeads(point.layer(), rows, responses);
    }
    if (point.site() == Site.NEURONS) {
      int first = firstNeuron[point.layer()];
      for (int n = 0; n < rows.cols(); n++) {
        double sum = 0;
        for (int t = leading; t < rows.rows(); t++) {
          sum += Math.abs(rows.at(t, n));
        }
        responses[first + n] = (float) (sum / (rows.rows() - leading));
      }
    }
    for (int c = 0; c < coders.size(); c++) {
      if (coders.get(c).reads().equals(point)) {
        coders.get(c).encode(rows, transformer.kernels(), latents);
        for (int e = latents.start(leading); e < latents.size(); e++) {
          responses[firstFeature[c] + latents.latent(e)] +=
              latents.value(e) / (rows.rows() - leading);
        }
      }
    }
  }

  private void collectHeads(int layer, Matrix rows, float[] responses) {
    int k = transformer.config().extents().headWidth();
    float[][] gram = grams.get(layer);
    for (int h = 0; h < gram.length; h++) {
      double sum = 0;
      for (int t = leading; t < rows.rows(); t++) {
        sum += Math.sqrt(Math.max(0, square(gram[h], rows.data(), rows.rowOffset(t) + h * k, k)));
      }
      responses[firstHead[layer] + h] = (float) (sum / (rows.rows() - leading));
    }
  }

  /// {@return `zᵀ G z`}
  private static double square(float[] gram, float[] z, int at, int k) {
    double sum = 0;
    for (int i = 0; i < k; i++) {
      double row = 0;
      for (int j = 0; j < k; j++) {
        row += (double) gram[i * k + j] * z[at + j];
      }
      sum += row * z[at + i];
    }
    return sum;
  }
}
