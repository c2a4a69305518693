package ai.hartonomous.distill.pack;

import ai.hartonomous.distill.prune.EmptyLayers;
import ai.hartonomous.distill.prune.Keep;
import ai.hartonomous.model.transformer.ModelConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A manifest as it was read. Whoever wrote it is not trusted: what is missing or of another kind
/// reads as an empty node, and differs from what is measured.
///
/// @param file the file
/// @param text its content
/// @param json its root
record ReadManifest(Path file, String text, JsonNode json) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int FORMAT = 2;
  private static final int MOST_LAYERS = 100_000;
  private static final int MOST_TOKENS = 1 << 24;
  private static final long MAX_BYTES = 1L << 28;
  private static final Pattern COMPONENT =
      Pattern.compile("layers\\.(\\d{1,5})\\.(heads|neurons)\\.(\\d{1,8})");

  /// Reads the manifest of a folder.
  ///
  /// @throws PackageException if there is none, or it is none of this format
  static ReadManifest read(Path folder) throws IOException {
    Path file = folder.resolve(PackageFiles.MANIFEST);
    if (!Files.isRegularFile(file)) {
      throw new PackageException(file, "folder", "the manifest of an agent", "no such file");
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new PackageException(
          file, "start", "at most %d bytes".formatted(MAX_BYTES), "" + Files.size(file));
    }
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    JsonNode json;
    try {
      json = JSON.readTree(text);
    } catch (JacksonException e) {
      throw new PackageException(file, "start", "JSON", e.getOriginalMessage());
    }
    if (!json.path("format").isInt() || json.path("format").intValue() != FORMAT) {
      throw new PackageException(
          file, "format", "" + FORMAT, PackageException.quote(json.path("format").toString()));
    }
    return new ReadManifest(file, text, json);
  }

  /// {@return the paths of the components it names, in its order}
  List<String> kept() {
    List<String> paths = new ArrayList<>();
    for (JsonNode entry : json.path("components").path("kept")) {
      paths.add(entry.path("path").asString(""));
    }
    return paths;
  }

  /// {@return what the agent has of its source}
  ///
  /// @param config the agent
  /// @throws PackageException if a path is none, out of order, or not as many as the agent has
  Keep keep(ModelConfig config) throws PackageException {
    int count = json.path("components").path("layers").asInt(config.layers().size());
    if (count < config.layers().size() || count > MOST_LAYERS) {
      throw new PackageException(
          file, "components.layers", config.layers().size() + " layers or more", "" + count);
    }
    List<List<Integer>> heads = new ArrayList<>();
    List<List<Integer>> neurons = new ArrayList<>();
    for (int l = 0; l < count; l++) {
      heads.add(new ArrayList<>());
      neurons.add(new ArrayList<>());
    }
    for (String path : kept()) {
      Matcher matcher = COMPONENT.matcher(path);
      if (!matcher.matches() || Integer.parseInt(matcher.group(1)) >= count) {
        throw unfit("a head or neuron of %d layers".formatted(count), path);
      }
      var to = matcher.group(2).equals("heads") ? heads : neurons;
      to.get(Integer.parseInt(matcher.group(1))).add(Integer.parseInt(matcher.group(3)));
    }
    List<Keep.Layer> layers = new ArrayList<>();
    for (int l = 0; l < count; l++) {
      layers.add(layer(heads.get(l), neurons.get(l)));
    }
    var keep = new Keep(layers);
    requireFit(config, keep);
    return keep;
  }

  /// Layers that are not in the agent are empty ones.
  private void requireFit(ModelConfig config, Keep keep) throws PackageException {
    int[] inSource;
    try {
      inSource = EmptyLayers.inSource(config, keep);
    } catch (IllegalArgumentException e) {
      throw unfit("the layers of the agent", String.valueOf(e.getMessage()));
    }
    for (int l = 0; l < inSource.length; l++) {
      ModelConfig.LayerConfig layer = config.layers().get(l);
      Keep.Layer kept = keep.layers().get(inSource[l]);
      if (kept.heads().length != layer.heads() || kept.neurons().length != layer.neurons()) {
        throw unfit(
            "%d heads and %d neurons of layer %d"
                .formatted(layer.heads(), layer.neurons(), inSource[l]),
            "%d and %d".formatted(kept.heads().length, kept.neurons().length));
      }
    }
  }

  /// {@return the source's tokens that the agent has}
  ///
  /// @param config the agent
  /// @throws PackageException if it is no set, or not as many as the agent has
  int[] tokens(ModelConfig config) throws PackageException {
    String text = json.path("vocabulary").path("kept").asString("");
    int[] tokens;
    try {
      tokens = Ranges.parse(text, MOST_TOKENS);
    } catch (IllegalArgumentException e) {
      throw new PackageException(file, "vocabulary.kept", "ranges", String.valueOf(e.getMessage()));
    }
    int count = config.extents().vocabulary();
    if (tokens.length != count) {
      throw new PackageException(
          file, "vocabulary.kept", count + " tokens", Integer.toString(tokens.length));
    }
    return tokens;
  }

  private Keep.Layer layer(List<Integer> heads, List<Integer> neurons) throws PackageException {
    try {
      return new Keep.Layer(
          heads.stream().mapToInt(Integer::intValue).toArray(),
          neurons.stream().mapToInt(Integer::intValue).toArray());
    } catch (IllegalArgumentException e) {
      throw unfit("components in ascending order", String.valueOf(e.getMessage()));
    }
  }

  private PackageException unfit(String expected, String found) {
    return new PackageException(file, "components.kept", expected, found);
  }
}
