package ai.hartonomous.platform.market;

import ai.hartonomous.distill.pack.PackageException;
import ai.hartonomous.platform.deployment.AgentLoader;
import ai.hartonomous.platform.deployment.SealedFolder;
import ai.hartonomous.platform.market.Figures.Capability;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The folder of an agent whose manifest was checked: its own hash, and that of every file. What
/// the manifest says was measured when the agent was made.
///
/// @param folder the agent
/// @param manifestHash SHA-256 of its manifest
/// @param manifest the manifest
/// @param parts manifests of the models it consists of: its own, or those of its experts
record PackedAgent(Path folder, String manifestHash, JsonNode manifest, List<JsonNode> parts) {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MAX_README_BYTES = 100_000;

  /// Copies the list.
  PackedAgent {
    parts = List.copyOf(parts);
  }

  /// {@return an agent whose files are as its manifest says}
  ///
  /// @throws ProblemException with status 422 if it has no manifest, or a file differs
  /// @throws IOException if a file cannot be read
  static PackedAgent open(Path folder) throws IOException {
    String hash;
    try {
      hash = SealedFolder.check(folder);
    } catch (PackageException e) {
      throw refused(folder, e);
    }
    JsonNode manifest = read(folder.resolve(AgentLoader.MANIFEST));
    List<JsonNode> parts = new ArrayList<>();
    for (Path part : folders(folder)) {
      parts.add(part.equals(folder) ? manifest : read(part.resolve(AgentLoader.MANIFEST)));
    }
    return new PackedAgent(folder, hash, manifest, parts);
  }

  private static JsonNode read(Path file) throws IOException {
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (JacksonException _) {
      throw refused("manifest.json is not JSON.");
    }
  }

  /// {@return the folders of the models: the agent's own, or those of its experts}
  private static List<Path> folders(Path folder) throws IOException {
    Path experts = folder.resolve("experts");
    if (!Files.isDirectory(experts)) {
      return List.of(folder);
    }
    try (Stream<Path> found = Files.list(experts)) {
      return found.filter(it -> Files.exists(it.resolve(AgentLoader.MANIFEST))).sorted().toList();
    }
  }

  /// {@return what a user is told, without the server's folders}
  private static ProblemException refused(Path folder, PackageException failure) {
    if (!failure.file().equals(folder.resolve(AgentLoader.MANIFEST))) {
      String name = folder.relativize(failure.file()).toString().replace('\\', '/');
      return refused("The file '%s' is not what the manifest says.".formatted(name));
    }
    return refused(
        switch (failure.place()) {
          case "folder", "its end" -> "The agent has no manifest, so nothing is known about it.";
          case "its text" -> "manifest.json is not JSON.";
          default -> "manifest.json is not what manifest.sha256 says.";
        });
  }

  private static ProblemException refused(String detail) {
    return Problem.unprocessable("manifest-does-not-hold", detail);
  }

  /// {@return the model card that lies with the agent, or an empty text}
  String readme() throws IOException {
    Path file = folder.resolve("README.md");
    boolean small = Files.isRegularFile(file) && Files.size(file) <= MAX_README_BYTES;
    return small ? Files.readString(file) : "";
  }

  /// {@return the licence of each source and teacher, where it states one}
  Map<String, Optional<String>> licences() {
    Map<String, Optional<String>> licences = new LinkedHashMap<>();
    for (JsonNode part : parts) {
      for (JsonNode source : part.path("sources")) {
        add(licences, "", source);
      }
      if (part.has("teacher")) {
        add(licences, "teacher ", part.path("teacher"));
      }
    }
    return licences;
  }

  private static void add(Map<String, Optional<String>> licences, String kind, JsonNode source) {
    String name = kind + source.path("name").asString("source");
    JsonNode said = source.path("licence");
    Optional<String> licence = said.isString() ? Optional.of(said.stringValue()) : Optional.empty();
    String key = name;
    for (int i = 2; licences.containsKey(key) && !licences.get(key).equals(licence); i++) {
      key = "%s (%d)".formatted(name, i);
    }
    licences.put(key, licence);
  }

  /// {@return what was measured}
  Figures figures() throws IOException {
    Set<String> architectures = new TreeSet<>();
    long parameters = 0;
    long components = 0;
    long bytes = 0;
    for (JsonNode part : parts) {
      JsonNode size = part.at("/figures/agent");
      parameters += size.path("parameters").asLong(0);
      components += size.path("components").asLong(0);
      bytes += size.path("bytes").asLong(0);
    }
    for (Path part : folders(folder)) {
      Path config = part.resolve("config.json");
      if (Files.isRegularFile(config)) {
        architectures.add(read(config).path("model_type").asString("unknown"));
      }
    }
    return new Figures(capabilities(), parameters, components, bytes, List.copyOf(architectures));
  }

  private List<Capability> capabilities() {
    List<Capability> own = new ArrayList<>();
    for (JsonNode part : parts) {
      part.at("/figures/capabilities").forEach(it -> own.add(capability(it)));
    }
    JsonNode routed = manifest.at("/routing/capabilities");
    if (routed.isEmpty()) {
      return own;
    }
    // Behind a router counts what the whole agent answers; the floor is that of the expert.
    List<Capability> whole = new ArrayList<>();
    for (JsonNode entry : routed) {
      String name = entry.path("capability").asString("");
      double floor =
          own.stream()
              .filter(it -> it.capability().equals(name))
              .mapToDouble(Capability::floor)
              .max()
              .orElse(0);
      whole.add(routed(entry, floor));
    }
    return whole;
  }

  private static Capability capability(JsonNode entry) {
    JsonNode source = entry.path("source");
    JsonNode agent = entry.path("agent");
    return new Capability(
        entry.path("capability").asString(""),
        entry.path("kind").asString("other"),
        entry.path("metric").asString(""),
        agent.path("n").asInt(0),
        entry.path("floor").asDouble(0),
        source.path("value").asDouble(0),
        source.path("standard_error").asDouble(0),
        agent.path("value").asDouble(0),
        agent.path("standard_error").asDouble(0),
        entry.has("ratio") ? entry.path("ratio").asDouble() : null,
        entry.has("ratio") ? entry.path("ratio_standard_error").asDouble(0) : null);
  }

  private static Capability routed(JsonNode entry, double floor) {
    JsonNode source = entry.path("source");
    JsonNode agent = entry.path("agent");
    double ofSource = source.path("exact_match").asDouble(0);
    double ofAgent = agent.path("exact_match").asDouble(0);
    return new Capability(
        entry.path("capability").asString(""),
        "target",
        "exact_match",
        agent.path("n").asInt(0),
        floor,
        ofSource,
        source.path("standard_error").asDouble(0),
        ofAgent,
        agent.path("standard_error").asDouble(0),
        ofSource > 0 ? ofAgent / ofSource : null,
        null);
  }
}
