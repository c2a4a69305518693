package ai.hartonomous.platform.analysis;

import ai.hartonomous.interpret.transcoder.ActivationStream.Batch;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.interpret.transcoder.StoredStream;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.tensor.Matrix;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Values that a caller brings to train on, in one of two forms:
/// - `[[…], …]`, rows of the input: the specification's literal coder, which adds the input to the
///   output and has the input as target. Its best solution is to do nothing.
/// - `{"layer": 0, "input": [[…], …], "target": [[…], …], "latents": 512, "k": 32}`: a skip
///   transcoder of one layer's MLP. `layer`, `latents` (32 per number of a row) and `k` (at most
///   32) may be left out.
///
/// @param literal whether it is the first form
/// @param layer the layer
/// @param input rows `[R, D]`
/// @param target rows `[R, D]`; the same object in the first form
/// @param latents latents of the coder
/// @param k active latents of a row
record ActivationRows(boolean literal, int layer, Matrix input, Matrix target, int latents, int k) {

  private static final int MOST_CHARACTERS = 16 << 20;
  private static final int MOST_LATENTS = 1 << 17;
  private static final int BATCH = 256;

  /// {@return the values in a text}
  ///
  /// @param text JSON of one of the two forms
  /// @param json reads it
  /// @throws IllegalArgumentException if it is in neither, too long, or uneven
  static ActivationRows parse(String text, JsonMapper json) {
    if (text.length() > MOST_CHARACTERS) {
      throw new IllegalArgumentException(
          "activation_data has more than %,d characters".formatted(MOST_CHARACTERS));
    }
    JsonNode root;
    try {
      root = json.readTree(text);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("activation_data is no JSON: " + e.getOriginalMessage());
    }
    if (root.isArray()) {
      Matrix rows = matrix(root, "activation_data");
      if (rows.cols() < 4) {
        throw new IllegalArgumentException("rows of activation_data need at least 4 numbers");
      }
      return new ActivationRows(true, 0, rows, rows, rows.cols() / 4, rows.cols() / 4);
    }
    Matrix input = matrix(root.path("input"), "input");
    Matrix target = matrix(root.path("target"), "target");
    if (target.rows() != input.rows()) {
      throw new IllegalArgumentException("input and target differ in their number of rows");
    }
    int latents = number(root, "latents", Math.multiplyExact(32, input.cols()), MOST_LATENTS);
    int k = number(root, "k", Math.min(32, latents), latents);
    int layer = root.has("layer") ? root.path("layer").asInt(-1) : 0;
    return new ActivationRows(false, layer, input, target, latents, k);
  }

  private static int number(JsonNode root, String field, int usual, int most) {
    int value = root.has(field) ? root.path(field).asInt(0) : usual;
    if (value < 1 || value > most) {
      throw new IllegalArgumentException("%s must be 1 to %,d".formatted(field, most));
    }
    return value;
  }

  private static Matrix matrix(JsonNode rows, String field) {
    int width = rows.path(0).size();
    if (!rows.isArray() || width == 0) {
      throw new IllegalArgumentException(field + " must be rows of numbers");
    }
    Matrix matrix = Matrix.zeros(rows.size(), width);
    for (int r = 0; r < rows.size(); r++) {
      JsonNode row = rows.get(r);
      if (row.size() != width) {
        throw new IllegalArgumentException(
            "row %d of %s has %d numbers, row 0 has %d".formatted(r, field, row.size(), width));
      }
      for (int c = 0; c < width; c++) {
        float value = row.get(c).isNumber() ? row.get(c).floatValue() : Float.NaN;
        if (!Float.isFinite(value)) {
          throw new IllegalArgumentException(
              "row %d of %s holds what is no finite number".formatted(r, field));
        }
        matrix.data()[matrix.rowOffset(r) + c] = value;
      }
    }
    return matrix;
  }

  /// Refuses values that cannot be of a model.
  ///
  /// @param config the model
  /// @throws IllegalArgumentException if it has no such layer, or is of another width
  void check(ModelConfig config) {
    if (layer < 0 || layer >= config.layers().size() || config.layers().get(layer).neurons() == 0) {
      throw new IllegalArgumentException("the model has no MLP in layer " + layer);
    }
    if (input.cols() != config.width() || target.cols() != config.width()) {
      throw new IllegalArgumentException(
          "rows have %d numbers, the model is %d wide".formatted(input.cols(), config.width()));
    }
  }

  int count() {
    return input.rows();
  }

  int width() {
    return input.cols();
  }

  /// {@return batches of an epoch}
  int batches() {
    return count() / batch();
  }

  private int batch() {
    return Math.min(BATCH, count());
  }

  /// {@return what the coder reads and predicts}
  HookPair pair() {
    if (literal) {
      var place = new HookPoint(Site.MLP_INPUT, layer);
      return new HookPair(place, place);
    }
    return HookPair.mlp(layer);
  }

  /// {@return the rows as batches, in a new order for every epoch}
  StoredStream stream(long seed) {
    return new StoredStream(
        List.of(pair()),
        new Batch(List.of(input), List.of(target)),
        batch(),
        seed,
        "activation_data");
  }
}
