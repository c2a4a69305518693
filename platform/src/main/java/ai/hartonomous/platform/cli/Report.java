package ai.hartonomous.platform.cli;

import ai.hartonomous.model.checkpoint.ContentHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Figures together with all that is needed to compute them again: the command line and the hashes
/// of the files it read. A JSON object:
/// - `hartonomous_report`: 1, the version of this layout;
/// - `arguments`: the command line, without where the report went;
/// - `machine`: `architecture` and `processors`; on an equal machine figures repeat exactly;
/// - `inputs`: a list of `path` and `sha256`, every file that was read;
/// - `written`: a list like `inputs` of the files in the folder that `--out` named, by their paths
///   in it; absent where the verb writes none;
/// - `figures`: an object of numbers, texts and lists that the verb defines. Nothing in it depends
///   on the clock.
///
/// @param arguments the command line
/// @param machine where it ran
/// @param inputs what it read
/// @param written which files it wrote
/// @param figures what came out
record Report(
    List<String> arguments,
    Machine machine,
    List<Input> inputs,
    List<Input> written,
    JsonNode figures) {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final String VERSION = "hartonomous_report";

  /// What decides the order in which sums are formed.
  ///
  /// @param architecture such as `amd64`
  /// @param processors how many a run may use
  record Machine(String architecture, int processors) {

    static Machine here() {
      return new Machine(System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors());
    }
  }

  /// A file that was read or written.
  ///
  /// @param path as the command line led to it
  /// @param sha256 64 hexadecimal digits
  record Input(String path, String sha256) {}

  Report {
    arguments = List.copyOf(arguments);
    inputs = List.copyOf(inputs);
    written = List.copyOf(written);
  }

  /// {@return the file as an input; all files below it in the order of their names, if a folder}
  static List<Input> inputs(Path path) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(path)) {
      files = walk.filter(Files::isRegularFile).sorted().toList();
    }
    List<Input> inputs = new ArrayList<>();
    for (Path file : files) {
      inputs.add(new Input(file.toString(), ContentHash.of(file)));
    }
    return inputs;
  }

  /// {@return all files below a folder, by their paths in it with `/` between names}
  static List<Input> written(Path folder) throws IOException {
    List<Input> written = new ArrayList<>();
    for (Input input : inputs(folder)) {
      String path = folder.relativize(Path.of(input.path())).toString();
      written.add(new Input(path.replace('\\', '/'), input.sha256()));
    }
    return written;
  }

  void write(Path file) throws IOException {
    ObjectNode root = MAPPER.createObjectNode();
    root.put(VERSION, 1);
    ArrayNode words = root.putArray("arguments");
    arguments.forEach(words::add);
    root.putObject("machine")
        .put("architecture", machine.architecture())
        .put("processors", machine.processors());
    put(inputs, root.putArray("inputs"));
    if (!written.isEmpty()) {
      put(written, root.putArray("written"));
    }
    root.set("figures", figures);
    Files.writeString(file, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root));
  }

  private static void put(List<Input> files, ArrayNode list) {
    files.forEach(i -> list.addObject().put("path", i.path()).put("sha256", i.sha256()));
  }

  /// {@return the report in a file}
  ///
  /// @throws IOException if it is no report, naming the place
  static Report read(Path file) throws IOException {
    JsonNode root;
    try {
      root = MAPPER.readTree(Files.readString(file));
    } catch (JacksonException e) {
      throw new IOException("%s: no JSON: %s".formatted(file, e.getOriginalMessage()));
    }
    if (root.path(VERSION).asInt(0) != 1) {
      throw bad(file, VERSION, "1", root.path(VERSION));
    }
    JsonNode machine = root.path("machine");
    if (!root.path("figures").isObject()) {
      throw bad(file, "figures", "an object", root.path("figures"));
    }
    return new Report(
        words(file, root.path("arguments")),
        new Machine(
            text(file, "machine.architecture", machine.path("architecture")),
            machine.path("processors").asInt(0)),
        inputs(file, "inputs", root.path("inputs")),
        root.has("written") ? inputs(file, "written", root.path("written")) : List.of(),
        root.path("figures"));
  }

  private static List<String> words(Path file, JsonNode list) throws IOException {
    if (!list.isArray()) {
      throw bad(file, "arguments", "a list of texts", list);
    }
    List<String> words = new ArrayList<>();
    for (JsonNode word : list) {
      words.add(text(file, "arguments", word));
    }
    return words;
  }

  private static List<Input> inputs(Path file, String place, JsonNode list) throws IOException {
    if (!list.isArray()) {
      throw bad(file, place, "a list", list);
    }
    List<Input> inputs = new ArrayList<>();
    for (JsonNode input : list) {
      inputs.add(
          new Input(
              text(file, place + ".path", input.path("path")),
              text(file, place + ".sha256", input.path("sha256"))));
    }
    return inputs;
  }

  private static String text(Path file, String place, JsonNode node) throws IOException {
    if (!node.isString()) {
      throw bad(file, place, "a text", node);
    }
    return node.asString();
  }

  private static IOException bad(Path file, String place, String expected, JsonNode found) {
    String shown = found.isMissingNode() ? "nothing" : found.toString();
    String cut = shown.length() > 60 ? shown.substring(0, 60) + "…" : shown;
    return new IOException("%s at %s: expected %s, found %s".formatted(file, place, expected, cut));
  }
}
