package ai.hartonomous.distill.pack;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.capability.Score;
import ai.hartonomous.distill.capability.Scorer;
import ai.hartonomous.distill.capability.SuiteException;
import ai.hartonomous.distill.evaluate.Evidence;
import ai.hartonomous.distill.evaluate.EvidenceItems;
import ai.hartonomous.distill.evaluate.EvidenceMeter;
import ai.hartonomous.distill.pack.PackageVerifier.Opened;
import ai.hartonomous.distill.pack.PackageVerifier.Settings;
import ai.hartonomous.distill.prune.Keep;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Measures the figures of an agent's folder again.
final class FigureChecks {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int MOST_SUITES = 1000;

  private final Kernels kernels;
  private final Settings settings;
  private final Path folder;
  private final ReadManifest manifest;
  private final Opened agent;

  FigureChecks(
      Kernels kernels, Settings settings, Path folder, ReadManifest manifest, Opened agent) {
    this.kernels = kernels;
    this.settings = settings;
    this.folder = folder;
    this.manifest = manifest;
    this.agent = agent;
  }

  Kernels kernels() {
    return kernels;
  }

  Path folder() {
    return folder;
  }

  ReadManifest manifest() {
    return manifest;
  }

  Opened agent() {
    return agent;
  }

  /// {@return scores of the held-out items of a suite}
  static List<Score> scores(
      Kernels kernels, Model model, Tokenizer tokenizer, CapabilitySuite suite) throws IOException {
    return new Scorer(new Transformer(model, kernels), tokenizer)
        .score(suite.items(Split.HELD_OUT));
  }

  /// {@return scores of a GGUF file, with its own tokenizer if it has one}
  static List<Score> scores(
      Kernels kernels, Checkpoint gguf, Tokenizer otherwise, CapabilitySuite suite)
      throws IOException {
    Tokenizer tokenizer;
    try {
      tokenizer = gguf.tokenizer();
    } catch (NoSuchFileException _) {
      tokenizer = otherwise;
    }
    return scores(kernels, gguf.load(), tokenizer, suite);
  }

  /// Compares sizes and scores of the agent, in every format.
  void compareAgent(Comparison check) throws IOException {
    JsonNode json = manifest.json();
    int kept = manifest.keep(agent.model().config()).components();
    JsonNode components = json.path("components");
    check.same("components.kept", components.path("kept").size(), kept);
    int removed = components.path("source").asInt(-1) - kept;
    int tokens = manifest.tokens(agent.model().config()).length;
    check.same("vocabulary", tokens, agent.model().config().extents().vocabulary());
    check.same("components.removed", components.path("removed").asInt(-1), removed);
    compareSize(check, "figures.agent", json.path("figures").path("agent"), agent);
    compareScores(check, "agent", agent);
    for (JsonNode entry : json.path("checkpoints")) {
      String path = entry.path("path").asString("");
      if (path.endsWith(".gguf")) {
        compareGguf(check, entry, path);
      }
    }
  }

  static void compareSize(Comparison check, String place, JsonNode stored, Opened of) {
    Model model = of.model();
    List<LayerConfig> layers = model.config().layers();
    ObjectNode found = JSON.createObjectNode();
    found.put("parameters", model.weights().parameterCount());
    found.put("heads", layers.stream().mapToInt(LayerConfig::heads).sum());
    found.put("neurons", layers.stream().mapToInt(LayerConfig::neurons).sum());
    found.put("components", model.config().components());
    found.put("bytes", of.bytes());
    for (String key : found.propertyNames()) {
      check.same(place + "." + key, stored.path(key).asLong(-1), found.path(key).asLong());
    }
  }

  /// Compares the scores of one model.
  ///
  /// @param whose `agent` or `source`
  void compareScores(Comparison check, String whose, Opened of) throws IOException {
    JsonNode figures = manifest.json().path("figures").path("capabilities");
    JsonNode suites = manifest.json().path("suites");
    int entry = 0;
    for (int i = 0; i < Math.min(MOST_SUITES, suites.size()); i++) {
      JsonNode used = suites.get(i);
      check.same(
          "suites[%d].file".formatted(i), used.path("file").asString(""), PackedSuites.path(i));
      CapabilitySuite suite = suite(i);
      check.same(
          "suites[%d].held_out".formatted(i),
          used.path("held_out").asInt(-1),
          suite.items(Split.HELD_OUT).size());
      for (Score score : scores(kernels, of.model(), of.tokenizer(), suite)) {
        String place = "figures.capabilities[%d]".formatted(entry);
        JsonNode stored = figures.path(entry++);
        ObjectNode found = JSON.createObjectNode();
        found.put("capability", score.capability());
        found.set("kind", used.path("kind"));
        ManifestText.protocol(found, score);
        for (String key : found.propertyNames()) {
          check.same(place + "." + key, stored.path(key), found.path(key));
        }
        ObjectNode figure = JSON.createObjectNode();
        ManifestText.figure(figure, score);
        check.same(place + "." + whose, stored.path(whose), figure);
      }
    }
    check.same("figures.capabilities", figures.size(), entry);
  }

  private void compareGguf(Comparison check, JsonNode entry, String path) throws IOException {
    try (Checkpoint checkpoint = Checkpoints.open(folder.resolve(path))) {
      var found = JSON.createArrayNode();
      for (Score score : scores(kernels, checkpoint, agent.tokenizer(), target())) {
        ManifestText.formatFigure(found.addObject(), score);
      }
      check.same(path + " figures", entry.path("figures"), found);
    }
  }

  private CapabilitySuite suite(int number) throws IOException {
    Path file = folder.resolve(PackedSuites.path(number));
    if (!Files.isRegularFile(file)) {
      throw new PackageException(file, "folder", "held-out items", "no such file");
    }
    try {
      return CapabilitySuite.read(file);
    } catch (SuiteException e) {
      throw new PackageException(file, "start", "held-out items", String.valueOf(e.getMessage()));
    }
  }

  private CapabilitySuite target() throws IOException {
    JsonNode suites = manifest.json().path("suites");
    for (int i = 0; i < suites.size(); i++) {
      if (suites.get(i).path("kind").asString("").equals("target")) {
        return suite(i);
      }
    }
    throw new PackageException(manifest.file(), "suites", "one of kind target", "none");
  }

  /// Compares the choice of items, the figures of the whole agent, and those of some components.
  void compareEvidence(Comparison check) throws IOException, InterruptedException {
    List<JsonNode> lines = evidence();
    List<String> kept = manifest.kept();
    check.same(PackageFiles.EVIDENCE + " lines", lines.size(), kept.size() + 2);
    if (!check.holds()) {
      return;
    }
    for (int i = 0; i < kept.size(); i++) {
      check.same(
          "evidence line %d path".formatted(i + 3),
          lines.get(i + 2).path("path").asString(""),
          kept.get(i));
    }
    EvidenceMeter meter = meter(agent.model());
    check.same("evidence line 1", lines.getFirst(), EvidenceText.settings(meter.settings()));
    Set<String> chosen = sample(kept);
    for (Evidence.Part part : meter.parts(chosen::contains, _ -> {})) {
      int line = kept.indexOf(part.path()) + 2;
      check.same("evidence line %d".formatted(line + 1), lines.get(line), EvidenceText.part(part));
    }
  }

  /// {@return a meter with the items and seed that the folder should have}
  EvidenceMeter meter(Model model) throws IOException, InterruptedException {
    Keep keep = manifest.keep(agent.model().config());
    return new EvidenceMeter(kernels, model, keep, items(agent.tokenizer()), seed());
  }

  private long seed() {
    return manifest.json().path("recipe").path("seed").asLong(0);
  }

  /// {@return the items that evidence should have been measured on}
  ///
  /// @param tokenizer of the model that is asked
  EvidenceItems items(Tokenizer tokenizer) throws IOException {
    List<CapabilityItem> heldOut = target().items(Split.HELD_OUT);
    int components = manifest.keep(agent.model().config()).components();
    int context = agent.model().config().extents().positions();
    var reader = new EvidenceItems.Reader(tokenizer, context);
    return EvidenceItems.choose(heldOut, components, reader, seed());
  }

  private Set<String> sample(List<String> kept) {
    List<String> shuffled = new ArrayList<>(kept);
    Collections.shuffle(shuffled, Random.from(new SplittableRandom(settings.seed())));
    return new HashSet<>(shuffled.subList(0, Math.min(settings.sample(), shuffled.size())));
  }

  /// {@return the lines of the evidence file}
  List<JsonNode> evidence() throws IOException {
    Path file = folder.resolve(PackageFiles.EVIDENCE);
    if (!Files.isRegularFile(file)) {
      throw new PackageException(file, "folder", "evidence", "no such file");
    }
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      try {
        lines.add(JSON.readTree(line));
      } catch (JacksonException e) {
        throw new PackageException(
            file, "line " + (lines.size() + 1), "JSON", e.getOriginalMessage());
      }
    }
    return lines;
  }
}
