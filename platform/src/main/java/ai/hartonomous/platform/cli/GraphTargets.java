package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.attribute.TargetChoice;
import ai.hartonomous.model.transformer.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// The option `--target`: `likeliest`, ids as `5,17`, a difference as `5-17`, or the name of a JSON
/// file with `label`, `direction` and `weight`.
final class GraphTargets {
  private static final Pattern IDS = Pattern.compile("\\d{1,9}(,\\d{1,9})*");
  private static final Pattern DIFFERENCE = Pattern.compile("(\\d{1,9})-(\\d{1,9})");

  private GraphTargets() {}

  /// {@return what the option means}
  ///
  /// @throws IOException if it names a file that cannot be read or holds something else
  static TargetChoice parse(String text) throws IOException {
    if (text.equals("likeliest")) {
      return TargetChoice.Likeliest.DEFAULT;
    }
    if (IDS.matcher(text).matches()) {
      return new TargetChoice.Tokens(
          Arrays.stream(text.split(",")).map(Integer::parseInt).toList());
    }
    Matcher difference = DIFFERENCE.matcher(text);
    if (difference.matches()) {
      return new TargetChoice.Difference(
          Integer.parseInt(difference.group(1)), Integer.parseInt(difference.group(2)));
    }
    return direction(Path.of(text));
  }

  private static TargetChoice direction(Path file) throws IOException {
    JsonNode json;
    try {
      json = ModelSource.mapper().readTree(Files.readString(file));
    } catch (JacksonException e) {
      throw new IOException("%s: %s".formatted(file, e.getOriginalMessage()));
    }
    JsonNode list = json.path("direction");
    JsonNode weight = json.path("weight");
    boolean numbers = list.isArray() && list.valueStream().allMatch(JsonNode::isNumber);
    if (!numbers || !(weight.isMissingNode() || weight.asDouble(0) > 0)) {
      throw new IOException(
          file + ": expected 'direction', a list of numbers, and 'weight', a number above 0");
    }
    float[] vector = new float[list.size()];
    for (int c = 0; c < vector.length; c++) {
      vector[c] = list.get(c).floatValue();
    }
    return new TargetChoice.Direction(
        json.path("label").asString("" + file.getFileName()), vector, weight.asDouble(1));
  }

  /// {@return what is wrong with a choice for a model, or an empty text}
  static String fault(TargetChoice choice, ModelConfig config) {
    int outputs = config.extents().outputs();
    return switch (choice) {
      case TargetChoice.Likeliest _ -> "";
      case TargetChoice.Tokens(List<Integer> ids) ->
          ids.size() != new HashSet<>(ids).size() ? "a token is named twice" : fault(ids, outputs);
      case TargetChoice.Difference(int plus, int minus) -> fault(List.of(plus, minus), outputs);
      case TargetChoice.Direction(String _, float[] vector, double _) ->
          vector.length == config.width()
              ? ""
              : "a direction of %d numbers; the model is %d wide"
                  .formatted(vector.length, config.width());
    };
  }

  private static String fault(List<Integer> ids, int outputs) {
    for (int id : ids) {
      if (id >= outputs) {
        return "token id %d; the model predicts %d".formatted(id, outputs);
      }
    }
    return "";
  }
}
