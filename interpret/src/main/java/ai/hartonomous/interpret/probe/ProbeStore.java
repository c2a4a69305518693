package ai.hartonomous.interpret.probe;

import ai.hartonomous.interpret.probe.Component.Kind;
import ai.hartonomous.model.checkpoint.CheckpointException;
import ai.hartonomous.model.checkpoint.ContentHash;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.SafetensorsFile;
import ai.hartonomous.model.checkpoint.SafetensorsWriter;
import ai.hartonomous.model.checkpoint.StoredTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
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
/// `responses.safetensors`: tensor `responses` `[C, P]`, F32. `probe.json`: `version` (2), `model`
/// (a name), `model_sha256`, `texts_sha256` (over the UTF-8 texts, each followed by a zero byte),
/// `responses_sha256` (of the other file), `leading`, and `components`: a list of `path` and `kind`
/// (`head`, `neuron`, `feature`) in the order of the rows. Version 1, which is read too, has no
/// `responses_sha256`.
///
/// @param model name of the model, for displays
/// @param modelHash SHA-256 of the model's files, or of the manifest of an agent
/// @param textsHash SHA-256 of the probe texts; only stores of the same texts can be compared
/// @param leading positions at the start of every text that do not count
/// @param responses the responses
public record ProbeStore(
    String model, String modelHash, String textsHash, int leading, Responses responses) {
  private static final int VERSION = 2;
  private static final int WITHOUT_HASH = 1;
  private static final long MAX_JSON_BYTES = 200_000_000;
  private static final String NAMES = "probe.json";
  private static final String NUMBERS = "responses.safetensors";
  private static final String TENSOR = "responses";
  private static final JsonMapper JSON = new JsonMapper();

  /// {@return SHA-256 over texts, 64 hexadecimal digits}
  ///
  /// @param texts the texts, in order
  public static String hash(List<String> texts) {
    MessageDigest digest = ContentHash.sha256();
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
    Path numbers = folder.resolve(NUMBERS);
    SafetensorsWriter.writeRows(numbers, TENSOR, responses.values(), Dtype.F32);
    ObjectNode root = JSON.createObjectNode();
    root.put("version", VERSION);
    root.put("model", model);
    root.put("model_sha256", modelHash);
    root.put("texts_sha256", textsHash);
    root.put("responses_sha256", ContentHash.of(numbers));
    root.put("leading", leading);
    ArrayNode components = root.putArray("components");
    for (Component component : responses.components()) {
      ObjectNode entry = components.addObject();
      entry.put("path", component.path());
      entry.put("kind", label(component.kind()));
    }
    Files.writeString(folder.resolve(NAMES), JSON.writeValueAsString(root));
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
    return read(folder, Long.MAX_VALUE);
  }

  /// Reads a folder.
  ///
  /// @param folder written by {@link #write}
  /// @param mostBytes of its files together, so that no more than about that is read into memory
  /// @return what it holds
  /// @throws CheckpointException if a file is damaged, too large, or does not fit the other
  /// @throws IOException if a file cannot be read
  public static ProbeStore read(Path folder, long mostBytes) throws IOException {
    Path names = folder.resolve(NAMES);
    long most = Math.min(MAX_JSON_BYTES, mostBytes - Files.size(folder.resolve(NUMBERS)));
    if (Files.size(names) > most) {
      throw fault(names, "end", "at most %d bytes".formatted(most), "more");
    }
    JsonNode root;
    try {
      root = JSON.readTree(Files.readAllBytes(names));
    } catch (JacksonException e) {
      CheckpointException failure = fault(names, "start", "JSON", "" + e.getOriginalMessage());
      failure.initCause(e);
      throw failure;
    }
    int version = root.path("version").asInt(0);
    if (version != VERSION && version != WITHOUT_HASH) {
      throw fault(names, "key version", "1 or 2", "another value");
    }
    List<Component> components = new ArrayList<>();
    for (JsonNode entry : root.path("components")) {
      String kind = entry.path("kind").asString("");
      components.add(new Component(entry.path("path").asString(""), kind(names, kind)));
    }
    Path numbers = folder.resolve(NUMBERS);
    float[][] values = values(numbers, components.size());
    if (version == VERSION) {
      requireHash(numbers, root.path("responses_sha256").asString(""));
    }
    return new ProbeStore(
        root.path("model").asString(""),
        root.path("model_sha256").asString(""),
        root.path("texts_sha256").asString(""),
        root.path("leading").asInt(0),
        new Responses(components, values));
  }

  private static void requireHash(Path numbers, String expected) throws IOException {
    String found = ContentHash.of(numbers);
    if (!found.equals(expected)) {
      throw fault(numbers, "its SHA-256", "that of " + NAMES, found);
    }
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
      StoredTensor tensor = numbers.tensors().get(TENSOR);
      boolean fits =
          tensor != null
              && tensor.dtype() == Dtype.F32
              && tensor.shape().size() == 2
              && tensor.shape().getFirst() == count
              && tensor.shape().getLast() >= 2;
      if (tensor == null || !fits) {
        throw fault(
            file,
            "tensor responses",
            "F32 [%d, P]".formatted(count),
            numbers.tensors().keySet() + "");
      }
      float[][] values = new float[count][];
      for (int c = 0; c < count; c++) {
        values[c] = row(tensor, c).read();
      }
      return values;
    }
  }

  private static StoredTensor row(StoredTensor matrix, int row) {
    long texts = matrix.shape().getLast();
    long bytes = texts * Float.BYTES;
    return new StoredTensor(
        matrix.file(),
        matrix.name(),
        matrix.type(),
        matrix.dtype(),
        List.of(texts),
        matrix.bytes().asSlice(row * bytes, bytes));
  }

  private static CheckpointException fault(Path file, String place, String expected, String found) {
    return new CheckpointException(file, place, expected, found);
  }
}
