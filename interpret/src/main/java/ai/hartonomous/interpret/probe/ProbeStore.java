package ai.hartonomous.interpret.probe;

import ai.hartonomous.interpret.probe.Component.Kind;
import ai.hartonomous.model.checkpoint.CheckpointException;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.SafetensorsFile;
import ai.hartonomous.model.checkpoint.SafetensorsWriter;
import ai.hartonomous.model.checkpoint.SafetensorsWriter.Tensor;
import ai.hartonomous.model.checkpoint.StoredTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The responses of a model to the probe texts, in a folder.
///
/// `responses.safetensors`: tensor `responses` `[C, P]`, F32. `probe.json`: `version` (1), `model`
/// (a name), `model_sha256`, `texts_sha256` (over the UTF-8 texts, each followed by a zero byte),
/// `leading`, and `components`: a list of `path` and `kind` (`head`, `neuron`, `feature`) in the
/// order of the rows.
///
/// @param model name of the model, for displays
/// @param modelHash SHA-256 of the model's files
/// @param textsHash SHA-256 of the probe texts; only stores of the same texts can be compared
/// @param leading positions at the start of every text that do not count
/// @param responses the responses
public record ProbeStore(
    String model, String modelHash, String textsHash, int leading, Responses responses) {
  private static final int VERSION = 1;
  private static final long MAX_JSON_BYTES = 200_000_000;
  private static final String NAMES = "probe.json";
  private static final String NUMBERS = "responses.safetensors";
  private static final JsonMapper JSON = new JsonMapper();

  /// {@return SHA-256 over texts, 64 hexadecimal digits}
  ///
  /// @param texts the texts, in order
  public static String hash(List<String> texts) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    for (String text : texts) {
      digest.update(text.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /// Writes a new folder.
  ///
  /// @param folder made; must have neither file
  /// @throws IOException if it cannot be written
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    int texts = responses.texts();
    var numbers =
        new Tensor(
            "responses", List.of((long) responses.components().size(), (long) texts), this::flat);
    SafetensorsWriter.write(folder.resolve(NUMBERS), List.of(numbers), Dtype.F32);
    ObjectNode root = JSON.createObjectNode();
    root.put("version", VERSION);
    root.put("model", model);
    root.put("model_sha256", modelHash);
    root.put("texts_sha256", textsHash);
    root.put("leading", leading);
    ArrayNode components = root.putArray("components");
    for (Component component : responses.components()) {
      ObjectNode entry = components.addObject();
      entry.put("path", component.path());
      entry.put("kind", label(component.kind()));
    }
    Files.writeString(folder.resolve(NAMES), JSON.writeValueAsString(root));
  }

  private float[] flat() {
    int texts = responses.texts();
    float[] flat = new float[Math.multiplyExact(responses.values().length, texts)];
    for (int c = 0; c < responses.values().length; c++) {
      System.arraycopy(responses.values()[c], 0, flat, c * texts, texts);
    }
    return flat;
  }

  /// {@return the name of a kind in files and on the command line}
  ///
  /// @param kind the kind
  public static String label(Kind kind) {
    return switch (kind) {
      case HEAD -> "head";
      case NEURON -> "neuron";
      case FEATURE -> "feature";
    };
  }

  /// Reads a folder.
  ///
  /// @param folder written by {@link #write}
  /// @return what it holds
  /// @throws CheckpointException if a file is damaged or does not fit the other
  /// @throws IOException if a file cannot be read
  public static ProbeStore read(Path folder) throws IOException {
    Path names = folder.resolve(NAMES);
    if (Files.size(names) > MAX_JSON_BYTES) {
      throw fault(names, "end", "at most %d bytes".formatted(MAX_JSON_BYTES), "more");
    }
    JsonNode root;
    try {
      root = JSON.readTree(Files.readAllBytes(names));
    } catch (JacksonException e) {
      CheckpointException failure = fault(names, "start", "JSON", "" + e.getOriginalMessage());
      failure.initCause(e);
      throw failure;
    }
    if (root.path("version").asInt(0) != VERSION) {
      throw fault(names, "key version", "" + VERSION, root.path("version").toString());
    }
    List<Component> components = new ArrayList<>();
    for (JsonNode entry : root.path("components")) {
      String kind = entry.path("kind").asString("");
      components.add(new Component(entry.path("path").asString(""), kind(names, kind)));
    }
    float[][] values = values(folder.resolve(NUMBERS), components.size());
    return new ProbeStore(
        root.path("model").asString(""),
        root.path("model_sha256").asString(""),
        root.path("texts_sha256").asString(""),
        root.path("leading").asInt(0),
        new Responses(components, values));
  }

  private static Kind kind(Path file, String label) throws CheckpointException {
    for (Kind kind : Kind.values()) {
      if (label(kind).equals(label)) {
        return kind;
      }
    }
    throw fault(file, "key kind", "head, neuron or feature", "another value");
  }

  private static float[][] values(Path file, int count) throws IOException {
    try (SafetensorsFile numbers = SafetensorsFile.open(file)) {
      StoredTensor tensor = numbers.tensors().get("responses");
      boolean fits =
          tensor != null
              && tensor.shape().size() == 2
              && tensor.shape().getFirst() == count
              && tensor.shape().getLast() >= 2;
      if (tensor == null || !fits) {
        throw fault(
            file, "tensor responses", "[%d, P]".formatted(count), numbers.tensors().keySet() + "");
      }
      float[] flat = tensor.read();
      int texts = flat.length / Math.max(1, count);
      float[][] values = new float[count][texts];
      for (int c = 0; c < count; c++) {
        System.arraycopy(flat, c * texts, values[c], 0, texts);
      }
      return values;
    }
  }

  private static CheckpointException fault(Path file, String place, String expected, String found) {
    return new CheckpointException(file, place, expected, found);
  }
}
