package ai.hartonomous.platform.money;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whose models an agent was made of, as its manifests say: each kept component weighs as much as
/// its measured importance, and counts for the owner of the model that it was cut from. A component
/// whose removal did not hurt weighs nothing; where none did, all weigh alike.
final class Lineage {

  private static final String MANIFEST = "manifest.json";

  private Lineage() {}

  /// {@return weights above 0 by owner, in the order of their names; nothing without a manifest}
  ///
  /// @param folder of an agent
  /// @throws IOException if a manifest cannot be read
  static Map<String, BigDecimal> of(Path folder) throws IOException {
    Map<String, BigDecimal> weights = new TreeMap<>();
    for (Path manifest : manifests(folder)) {
      read(manifest, weights);
    }
    weights.values().removeIf(it -> it.signum() == 0);
    return weights;
  }

  private static List<Path> manifests(Path folder) throws IOException {
    Path experts = folder.resolve("experts");
    if (!Files.isDirectory(experts)) {
      return Files.exists(folder.resolve(MANIFEST)) ? List.of(folder.resolve(MANIFEST)) : List.of();
    }
    try (Stream<Path> found = Files.list(experts)) {
      return found.map(it -> it.resolve(MANIFEST)).filter(Files::exists).sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void read(Path manifest, Map<String, BigDecimal> weights) throws IOException {
    JsonNode json;
    try {
      json = JsonMapper.shared().readTree(Files.readAllBytes(manifest));
    } catch (JacksonException e) {
      throw new IOException(manifest.getFileName() + " is not JSON", e);
    }
    JsonNode source = json.at("/sources/0");
    String name = source.path("name").asString("model");
    String owner = source.path("owner").asString("");
    BigDecimal sum = BigDecimal.ZERO;
    JsonNode kept = json.at("/components/kept");
    for (JsonNode component : kept) {
      BigDecimal effect = component.path("importance").asDecimal(BigDecimal.ZERO);
      sum = sum.add(effect.max(BigDecimal.ZERO));
    }
    BigDecimal weight = sum.signum() > 0 ? sum : BigDecimal.valueOf(kept.size());
    weights.merge(owner.isEmpty() ? "unclaimed:" + name : owner, weight, BigDecimal::add);
  }
}
