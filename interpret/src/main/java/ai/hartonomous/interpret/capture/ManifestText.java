package ai.hartonomous.interpret.capture;

import ai.hartonomous.interpret.capture.CaptureManifest.Point;
import ai.hartonomous.interpret.capture.CaptureManifest.Shard;
import ai.hartonomous.interpret.capture.CaptureManifest.Source;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.FileFormatException;
import ai.hartonomous.model.transformer.HookPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `manifest.json` as text. The package comment describes it.
final class ManifestText {
  static final String NAME = "manifest.json";
  static final int VERSION = 1;
  private static final long MAX_BYTES = 1 << 28;
  private static final int MAX_WIDTH = 1 << 24;
  private static final Pattern SHA = Pattern.compile("[0-9a-f]{64}");
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;

  private ManifestText(Path file) {
    this.file = file;
  }

  /// {@return the name of a shard}
  static String shardName(int number) {
    return "shard-%05d.safetensors".formatted(number);
  }

  static String write(CaptureManifest manifest) {
    ObjectNode root = JSON.createObjectNode();
    root.put("hartonomous_capture", VERSION);
    root.set("source", source(manifest.source()));
    root.put("dtype", manifest.dtype().name());
    root.put("rows", manifest.rows());
    root.put("rows_per_shard", manifest.rowsPerShard());
    ArrayNode points = root.putArray("points");
    for (Point point : manifest.points()) {
      points
          .addObject()
          .put("point", point.point().path())
          .put("width", point.width())
          .put("mean_norm", point.meanNorm())
          .put("rms_norm", point.rootMeanSquareNorm());
    }
    ArrayNode shards = root.putArray("shards");
    for (Shard shard : manifest.shards()) {
      shards
          .addObject()
          .put("file", shard.file())
          .put("rows", shard.rows())
          .put("sha256", shard.sha256());
    }
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
  }

  static ObjectNode source(Source source) {
    return JSON.createObjectNode()
        .put("model", source.model())
        .put("corpus", source.corpus())
        .put("packing", source.packing())
        .put("kernels", source.kernels())
        .put("tokens_per_pass", source.tokensPerPass());
  }

  /// Reads a manifest and checks that all of it belongs together.
  ///
  /// @throws CaptureException if it does not
  static CaptureManifest read(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    long size = Files.size(file);
    if (size > MAX_BYTES) {
      throw new CaptureException(file, "end", "at most %d bytes".formatted(MAX_BYTES), "" + size);
    }
    return new ManifestText(file).parse(Files.readAllBytes(file));
  }

  private CaptureManifest parse(byte[] bytes) throws CaptureException {
    JsonNode root;
    try {
      root = JSON.readTree(bytes);
    } catch (JacksonException e) {
      CaptureException failure =
          fault(
              "JSON", "JSON without duplicates", FileFormatException.quote(e.getOriginalMessage()));
      failure.initCause(e);
      throw failure;
    }
    whole(root, "hartonomous_capture", VERSION, VERSION);
    Dtype dtype = dtype(root);
    int perShard = (int) whole(root, "rows_per_shard", 1, Integer.MAX_VALUE);
    long rows = whole(root, "rows", 1, Long.MAX_VALUE);
    List<Point> points = points(root.path("points"));
    List<Shard> shards = shards(root.path("shards"), perShard, rows);
    return new CaptureManifest(source(root.path("source")), points, dtype, perShard, rows, shards);
  }

  private Source source(JsonNode node) throws CaptureException {
    return new Source(
        text(node, "model"),
        text(node, "corpus"),
        text(node, "packing"),
        text(node, "kernels"),
        (int) whole(node, "tokens_per_pass", 1, Integer.MAX_VALUE));
  }

  private Dtype dtype(JsonNode root) throws CaptureException {
    String name = text(root, "dtype");
    return switch (name) {
      case "F32" -> Dtype.F32;
      case "F16" -> Dtype.F16;
      case "BF16" -> Dtype.BF16;
      default -> throw fault("dtype", "F32, F16 or BF16", FileFormatException.quote(name));
    };
  }

  private List<Point> points(JsonNode list) throws CaptureException {
    List<Point> points = new ArrayList<>();
    Set<HookPoint> seen = new HashSet<>();
    for (JsonNode node : list) {
      String path = text(node, "point");
      Optional<HookPoint> point = HookPoint.parse(path);
      if (point.isEmpty() || !seen.add(point.get())) {
        throw fault("points", "hook points, each once", FileFormatException.quote(path));
      }
      int width = (int) whole(node, "width", 1, MAX_WIDTH);
      points.add(
          new Point(point.get(), width, number(node, "mean_norm"), number(node, "rms_norm")));
    }
    if (points.isEmpty()) {
      throw fault("points", "at least one hook point", "none");
    }
    return points;
  }

  private List<Shard> shards(JsonNode list, int perShard, long rows) throws CaptureException {
    List<Shard> shards = new ArrayList<>();
    long left = rows;
    for (JsonNode node : list) {
      String expected = shardName(shards.size());
      String name = text(node, "file");
      if (!name.equals(expected)) {
        throw fault("shards", expected, FileFormatException.quote(name));
      }
      long count = Math.min(left, perShard);
      whole(node, "rows", count, count);
      String sha = text(node, "sha256");
      if (!SHA.matcher(sha).matches()) {
        throw fault(name, "64 hexadecimal digits", FileFormatException.quote(sha));
      }
      shards.add(new Shard(name, (int) count, sha));
      left -= count;
    }
    if (left != 0 || shards.isEmpty()) {
      throw fault("shards", rows + " rows together", (rows - left) + "");
    }
    return shards;
  }

  private String text(JsonNode node, String key) throws CaptureException {
    JsonNode value = node.path(key);
    if (!value.isString()) {
      throw fault(key, "a text", shown(value));
    }
    return value.asString();
  }

  private long whole(JsonNode node, String key, long least, long most) throws CaptureException {
    JsonNode value = node.path(key);
    boolean fits = value.isIntegralNumber() && value.canConvertToLong();
    if (!fits || value.asLong() < least || value.asLong() > most) {
      String range = least == most ? "" + least : "%d to %d".formatted(least, most);
      throw fault(key, range, shown(value));
    }
    return value.asLong();
  }

  private double number(JsonNode node, String key) throws CaptureException {
    JsonNode value = node.path(key);
    if (!value.isNumber() || !Double.isFinite(value.asDouble()) || value.asDouble() < 0) {
      throw fault(key, "a number of at least 0", shown(value));
    }
    return value.asDouble();
  }

  private static String shown(JsonNode value) {
    return value.isMissingNode() ? "nothing" : FileFormatException.quote(value.toString());
  }

  private CaptureException fault(String place, String expected, String found) {
    return new CaptureException(file, place, expected, found);
  }
}
