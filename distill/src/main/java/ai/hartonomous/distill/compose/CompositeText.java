package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.compose.CompositeReport.Expert;
import ai.hartonomous.distill.compose.CompositeReport.Routed;
import ai.hartonomous.distill.pack.Licences;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Manifest and model card of an agent of several sources.
///
/// @param request what was asked for
/// @param report what was measured
/// @param making how it was made
/// @param work the agent
record CompositeText(
    CompositeRequest request, CompositeReport report, Making making, CompositeWork work) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Combination ROUTED = Combination.of(Combining.ROUTE);

  /// How an agent was made.
  ///
  /// @param recipe all fixed choices, in words
  /// @param threads threads that computed
  record Making(String recipe, int threads) {}

  String manifest(CapabilitySuite suite) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("format", 1);
    json.put("kind", "composite");
    json.put("created_by", request.stamp().createdBy());
    json.put("created", work.created().toString());
    ObjectNode recipe = json.putObject("recipe");
    recipe.put("seed", request.seed()).put("threads", making.threads());
    recipe.put("max_components", request.maxComponents()).put("threshold", request.threshold());
    recipe.put("text", making.recipe());
    ObjectNode asked = json.putObject("suite");
    asked.put("items", suite.items().size()).put("content_sha256", suite.contentHash());
    licences(json);
    SortedMap<String, String> hashes = CompositeWork.hashes(work.agent());
    ReportJson.put(json, report);
    for (int e = 0; e < report.experts().size(); e++) {
      String manifest = "experts/%s/manifest.json".formatted(report.experts().get(e).name());
      ((ObjectNode) json.get("experts").get(e)).put("manifest_sha256", hashes.get(manifest));
    }
    ObjectNode files = json.putObject("files");
    hashes.forEach(files::put);
    var indenter = new DefaultIndenter("  ", "\n");
    var printer = new DefaultPrettyPrinter().withObjectIndenter(indenter);
    return JSON.writer().with(printer).writeValueAsString(json) + "\n";
  }

  private void licences(ObjectNode json) throws IOException {
    ObjectNode licences = json.putObject("licences");
    for (Expert expert : report.experts()) {
      licences.set(expert.source(), licence(expert));
    }
    Licences.Verdict verdict = verdict();
    ObjectNode licence = json.putObject("licence");
    licence.put("agent", verdict.licence());
    ArrayNode warnings = licence.putArray("warnings");
    verdict.warnings().forEach(warnings::add);
  }

  private Licences.Verdict verdict() throws IOException {
    Map<String, Optional<String>> stated = new LinkedHashMap<>();
    for (Expert expert : report.experts()) {
      JsonNode licence = licence(expert);
      stated.put(
          expert.name(),
          licence.isString() ? Optional.of(licence.stringValue()) : Optional.empty());
    }
    return Licences.combine(stated);
  }

  /// What the expert's own manifest says; its source may have stated none.
  private JsonNode licence(Expert expert) throws IOException {
    byte[] own = Files.readAllBytes(work.expert(expert.name()).resolve("manifest.json"));
    JsonNode licence = JSON.readTree(own).at("/sources/0/licence");
    return licence.isString() ? licence : JSON.nullNode();
  }

  String card() throws IOException {
    Set<String> sources = new LinkedHashSet<>();
    report.experts().forEach(expert -> sources.add(expert.source()));
    String licence = verdict().licence();
    var text = new StringBuilder("---\n");
    text.append("license: ").append(licence == null ? "other" : licence).append('\n');
    text.append("base_model:\n");
    sources.forEach(source -> text.append("- ").append(source).append('\n'));
    List<String> names = report.capabilities().stream().map(it -> it.capability()).toList();
    text.append("---\n\n# ").append(String.join(", ", names)).append(", from ");
    text.append(String.join(" and ", sources)).append("\n\n");
    text.append(
        """
        Several specialists behind one router: each was cut out of the source that serves its
        capabilities best, and healed by distillation from it. Each folder below `experts/` is a
        model of its own, with its own card.

        """);
    Combination combination = report.combination();
    text.append(CombineText.card(combination == null ? ROUTED : combination));
    text.append(
        """

        ## Right answers on held-out items

        | capability | expert | n | sent there | source | agent behind the router | kept |
        |---|---|---:|---:|---:|---:|---:|
        """);
    report.routing().forEach(routed -> text.append(row(routed)));
    appendExperts(text);
    return text.toString();
  }

  private void appendExperts(StringBuilder text) throws IOException {
    text.append("\n## Experts\n\n| expert | source | licence | components | parameters |\n");
    text.append("|---|---|---|---:|---:|\n");
    for (Expert expert : report.experts()) {
      text.append(
          "| %s | %s | %s | %d of %d | %d of %d |\n"
              .formatted(
                  expert.name(),
                  expert.source(),
                  licence(expert).asString("not stated"),
                  expert.report().agent().components(),
                  expert.report().source().components(),
                  expert.report().agent().parameters(),
                  expert.report().source().parameters()));
    }
    text.append("\nComponents in all: %d of ".formatted(report.components()));
    text.append("%d allowed. ".formatted(report.maxComponents()));
    text.append("`manifest.json` has all figures and the hash of every file.\n");
  }

  private static String row(Routed routed) {
    String kept =
        routed.source().right() == 0
            ? "-"
            : String.format(Locale.ROOT, "%.1f %%", 100 * routed.ratio());
    return "| %s | %s | %d | %s | %s | %s | %s |\n"
        .formatted(
            routed.capability(),
            routed.expert(),
            routed.agent().items(),
            share(routed.routed()),
            share(routed.source()),
            share(routed.agent()),
            kept);
  }

  private static String share(Count count) {
    return String.format(Locale.ROOT, "%.3f ± %.3f", count.share(), count.standardError());
  }
}
