package ai.hartonomous.distill.route;

import ai.hartonomous.distill.route.Router.Fallback;
import ai.hartonomous.model.checkpoint.FileFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads and writes `router.json` as the package describes it.
final class RouterFile {
  private static final long MAX_BYTES = 16 << 20;
  private static final int FORMAT = 1;
  private static final int FIXED_CELLS = 2;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Path file;
  private final JsonNode root;

  private RouterFile(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  static void write(Router router, Path file) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("format", FORMAT);
    ArrayNode experts = json.putArray("experts");
    router.experts().forEach(experts::add);
    json.put("fallback", router.fallback().expert());
    json.put("threshold", router.fallback().threshold());
    Vocabulary vocabulary = router.vocabulary();
    json.put("unknown", vocabulary.unknown());
    String head = JSON.writeValueAsString(json);
    var text = new StringBuilder(head.substring(0, head.length() - 1)).append(",\"features\":[");
    for (int f = 0; f < vocabulary.features().size(); f++) {
      text.append(f == 0 ? "\n" : ",\n").append(row(router, f));
    }
    Files.writeString(file, text.append("]}\n"));
  }

  private static String row(Router router, int feature) {
    Vocabulary vocabulary = router.vocabulary();
    ArrayNode row = JSON.createArrayNode();
    row.add(vocabulary.features().get(feature)).add(vocabulary.weights()[feature]);
    for (int k = 0; k < router.experts().size(); k++) {
      row.add(router.weight(k, feature));
    }
    return JSON.writeValueAsString(row);
  }

  static Router read(Path file) throws IOException {
    long size = Files.size(file);
    if (size > MAX_BYTES) {
      throw new RouterException(file, "its end", "at most 16 MiB", size + " bytes");
    }
    JsonNode root;
    try {
      root = JSON.readTree(Files.readAllBytes(file));
    } catch (JacksonException e) {
      var failure = new RouterException(file, "its text", "JSON", "something else");
      failure.initCause(e);
      throw failure;
    }
    return new RouterFile(file, root).router();
  }

  private Router router() throws RouterException {
    Set<String> keys = Set.of("format", "experts", "fallback", "threshold", "unknown", "features");
    if (!root.isObject() || !Set.copyOf(root.propertyNames()).equals(keys)) {
      throw wrong("the top", "an object with the keys " + keys.stream().sorted().toList(), root);
    }
    if (!root.get("format").isInt() || root.get("format").intValue() != FORMAT) {
      throw wrong("format", "1", root.get("format"));
    }
    List<String> experts = experts(root.get("experts"));
    JsonNode fallback = root.get("fallback");
    if (!fallback.isInt() || fallback.intValue() < 0 || fallback.intValue() >= experts.size()) {
      throw wrong("fallback", "the number of an expert", fallback);
    }
    JsonNode threshold = root.get("threshold");
    if (!threshold.isNumber() || !(threshold.doubleValue() >= 0 && threshold.doubleValue() <= 1)) {
      throw wrong("threshold", "a number from 0 to 1", threshold);
    }
    return withFeatures(experts, new Fallback(fallback.intValue(), threshold.doubleValue()));
  }

  private List<String> experts(JsonNode names) throws RouterException {
    List<String> experts = new ArrayList<>();
    Set<String> different = new HashSet<>();
    for (JsonNode name : names) {
      if (!name.isString() || name.stringValue().isBlank() || name.stringValue().length() > 100) {
        throw wrong("experts", "names of 1 to 100 characters", name);
      }
      experts.add(name.stringValue());
      different.add(name.stringValue());
    }
    boolean few = experts.size() < 2 || experts.size() > Router.MOST_EXPERTS;
    if (!names.isArray() || few || different.size() < experts.size()) {
      throw wrong("experts", "2 to 16 different names", names);
    }
    return experts;
  }

  private Router withFeatures(List<String> experts, Fallback fallback) throws RouterException {
    JsonNode rows = root.get("features");
    int count = rows.size();
    if (!rows.isArray() || count < 1 || count > Vocabulary.MAX_FEATURES) {
      throw wrong("features", "1 to %d arrays".formatted(Vocabulary.MAX_FEATURES), rows);
    }
    List<String> features = new ArrayList<>();
    Set<String> different = new HashSet<>();
    float[] idf = new float[count];
    float[] weights = new float[experts.size() * count];
    for (int f = 0; f < count; f++) {
      String place = "features[%d]".formatted(f);
      JsonNode row = rows.get(f);
      if (!row.isArray() || row.size() != FIXED_CELLS + experts.size()) {
        throw wrong(place, "an array of %d".formatted(FIXED_CELLS + experts.size()), row);
      }
      String feature = feature(row.get(0), place);
      if (!different.add(feature)) {
        throw wrong(place, "a feature that did not occur before", row.get(0));
      }
      features.add(feature);
      idf[f] = positive(row.get(1), place);
      for (int k = 0; k < experts.size(); k++) {
        weights[k * count + f] = finite(row.get(FIXED_CELLS + k), place);
      }
    }
    float unknown = positive(root.get("unknown"), "unknown");
    return new Router(experts, fallback, Vocabulary.of(features, idf, unknown), weights);
  }

  private String feature(JsonNode node, String place) throws RouterException {
    String text = node.isString() ? node.stringValue() : "";
    boolean kind = text.startsWith("w:") || text.startsWith("c:");
    if (!kind || text.length() > PromptFeatures.MAX_LENGTH) {
      throw wrong(place, "`w:` or `c:` with at most 40 characters in all", node);
    }
    return text;
  }

  private float positive(JsonNode node, String place) throws RouterException {
    float number = finite(node, place);
    if (!(number > 0)) {
      throw wrong(place, "a number above 0", node);
    }
    return number;
  }

  private float finite(JsonNode node, String place) throws RouterException {
    if (!node.isNumber() || !Float.isFinite((float) node.doubleValue())) {
      throw wrong(place, "a finite number", node);
    }
    return (float) node.doubleValue();
  }

  private RouterException wrong(String place, String expected, JsonNode found) {
    String text = found.isContainer() ? found.getNodeType() + " of " + found.size() : quoted(found);
    return new RouterException(file, place, expected, text);
  }

  private static String quoted(JsonNode found) {
    return FileFormatException.quote(found.asString(""));
  }
}
