package ai.hartonomous.distill.pack;

import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.capability.Score;
import ai.hartonomous.distill.evaluate.ModelSize;
import ai.hartonomous.distill.evaluate.Report;
import ai.hartonomous.distill.evaluate.Retention;
import ai.hartonomous.distill.evaluate.SearchPoint;
import ai.hartonomous.distill.importance.ComponentScores;
import ai.hartonomous.distill.prune.Keep;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.stream.IntStream;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes `manifest.json` as the package describes it.
final class ManifestText {
  private static final int FORMAT = 2;
  private static final JsonMapper JSON = new JsonMapper();

  private ManifestText() {}

  static String of(
      Manifest manifest,
      Report report,
      AgentFolder.Contents contents,
      SortedMap<String, String> files)
      throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("format", FORMAT);
    json.put("created_by", manifest.making().createdBy());
    json.put("created", manifest.making().created().toString());
    sources(json, manifest);
    recipe(json.putObject("recipe"), manifest.making());
    ArrayNode suites = json.putArray("suites");
    manifest.suites().forEach(suite -> suite(suites.addObject(), suite, suites.size() - 1));
    ObjectNode importance = json.putObject("importance");
    importance.put("method", manifest.scores().method());
    importance.put("items", manifest.scores().items());
    components(json.putObject("components"), manifest, report);
    vocabulary(json.putObject("vocabulary"), contents);
    ArrayNode search = json.putArray("search");
    report.search().forEach(point -> point(search.addObject(), point));
    figures(json.putObject("figures"), report);
    checkpoints(json, contents);
    ObjectNode hashes = json.putObject("files");
    files.forEach(hashes::put);
    return print(json);
  }

  private static String print(ObjectNode json) {
    var indenter = new DefaultIndenter("  ", "\n");
    var printer = new DefaultPrettyPrinter().withObjectIndenter(indenter);
    return JSON.writer().with(printer).writeValueAsString(json) + "\n";
  }

  private static void sources(ObjectNode json, Manifest manifest) {
    source(json.putArray("sources").addObject(), manifest.source());
    Manifest.Source teacher = manifest.teacher();
    if (teacher != null) {
      source(json.putObject("teacher"), teacher);
    }
    Licences.Verdict verdict = manifest.licence();
    ObjectNode licence = json.putObject("licence");
    licence.put("agent", verdict.licence());
    ArrayNode warnings = licence.putArray("warnings");
    verdict.warnings().forEach(warnings::add);
  }

  private static void source(ObjectNode entry, Manifest.Source source) {
    entry.put("name", source.name());
    entry.put("content_sha256", source.contentHash());
    entry.put("tokenizer_sha256", source.tokenizerHash());
    entry.put("licence", source.licence());
    entry.put("licence_kind", label(Licences.kind(source.licence())));
    entry.put("owner", source.owner());
  }

  private static void checkpoints(ObjectNode json, AgentFolder.Contents contents)
      throws IOException {
    ArrayNode checkpoints = json.putArray("checkpoints");
    for (Packed packed : contents.packed()) {
      ObjectNode entry = checkpoints.addObject();
      entry.put("path", packed.path());
      entry.put("dtype", packed.dtype().name());
      entry.put("note", packed.note());
      List<Score> scores = contents.proof().formats().get(packed.path());
      if (scores != null) {
        ArrayNode figures = entry.putArray("figures");
        for (Score score : scores) {
          formatFigure(figures.addObject(), score);
        }
      }
      TensorText.add(
          entry.putObject("tensors"), contents.folder().resolve(packed.path()), contents.origins());
    }
    ArrayNode leftOut = json.putArray("left_out");
    contents.leftOut().forEach(leftOut::add);
  }

  private static void recipe(ObjectNode json, Manifest.Making making) {
    json.put("seed", making.seed());
    json.put("threads", making.threads());
    json.put("max_components", making.maxComponents());
    json.put("threshold", making.threshold());
    json.put("text", making.recipe());
  }

  private static void suite(ObjectNode json, Manifest.Suite used, int number) {
    CapabilitySuite suite = used.suite();
    json.put("kind", label(used.kind()));
    ArrayNode names = json.putArray("capabilities");
    suite.capabilities().forEach(names::add);
    json.put("items", suite.items().size());
    json.put("content_sha256", suite.contentHash());
    CapabilitySuite heldOut = PackedSuites.heldOut(suite);
    json.put("held_out", heldOut.items().size());
    json.put("file", PackedSuites.path(number));
  }

  private static String label(Enum<?> kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static void components(ObjectNode json, Manifest manifest, Report report) {
    json.put("layers", manifest.keep().layers().size());
    json.put("source", report.source().components());
    json.put("removed", report.source().components() - manifest.keep().components());
    ArrayNode kept = json.putArray("kept");
    for (int l = 0; l < manifest.keep().layers().size(); l++) {
      Keep.Layer layer = manifest.keep().layers().get(l);
      ComponentScores.Layer scores = manifest.scores().layers().get(l);
      for (int h : layer.heads()) {
        ObjectNode entry = kept.addObject();
        entry.put("path", "layers.%d.heads.%d".formatted(l, h));
        score(entry, scores.heads()[h], scores.headErrors()[h]);
      }
      for (int n : layer.neurons()) {
        ObjectNode entry = kept.addObject();
        entry.put("path", "layers.%d.neurons.%d".formatted(l, n));
        score(entry, scores.neurons()[n], scores.neuronErrors()[n]);
      }
    }
  }

  private static void vocabulary(ObjectNode json, AgentFolder.Contents contents) {
    int all = contents.proof().source().config().extents().vocabulary();
    int[] kept = contents.tokens();
    json.put("source", all);
    json.put("kept", Ranges.of(kept == null ? IntStream.range(0, all).toArray() : kept));
  }

  private static void score(ObjectNode json, double score, double error) {
    json.put("importance", score);
    json.put("standard_error", error);
  }

  private static void point(ObjectNode json, SearchPoint point) {
    json.put("components", point.components());
    json.put("parameters", point.parameters());
    json.put("steps", point.steps());
    json.put("items", point.items());
    json.put("exact_match_before", point.exactMatchBefore());
    json.put("exact_match", point.exactMatch());
    json.put("loss", point.loss());
  }

  private static void figures(ObjectNode json, Report report) {
    ArrayNode all = json.putArray("capabilities");
    for (Retention retention : report.retention()) {
      ObjectNode entry = all.addObject();
      entry.put("capability", retention.capability());
      entry.put("kind", label(retention.kind()));
      entry.put("floor", retention.floor());
      if (!Double.isNaN(retention.ratio())) {
        entry.put("ratio", retention.ratio());
        entry.put("ratio_standard_error", retention.ratioError());
      }
      protocol(entry, retention.source());
      figure(entry.putObject("source"), retention.source());
      figure(entry.putObject("agent"), retention.agent());
    }
    size(json.putObject("source"), report.source());
    size(json.putObject("agent"), report.agent());
  }

  /// Adds how a score was measured.
  static void protocol(ObjectNode json, Score score) {
    json.put("metric", score.metric().label());
    json.put("shots", score.protocol().shots());
    json.put("seed", score.protocol().seed());
    json.put("template_sha256", score.protocol().templateHash());
    json.put("items_sha256", score.protocol().itemsHash());
  }

  /// Adds a score of a GGUF file.
  static void formatFigure(ObjectNode json, Score score) {
    json.put("capability", score.capability());
    json.put("metric", score.metric().label());
    figure(json, score);
  }

  /// Adds a score.
  static void figure(ObjectNode json, Score score) {
    json.put("n", score.items());
    if (score.metric().share()) {
      json.put("right", score.right());
    }
    json.put("value", score.value());
    json.put("standard_error", score.standardError());
  }

  private static void size(ObjectNode json, ModelSize size) {
    json.put("parameters", size.parameters());
    json.put("heads", size.heads());
    json.put("neurons", size.neurons());
    json.put("components", size.components());
    json.put("bytes", size.bytes());
  }
}
