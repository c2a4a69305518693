package ai.hartonomous.distill.pack;

import ai.hartonomous.distill.pack.PackageVerifier.Opened;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.transformer.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Compares what an agent's folder says of its source with the source itself.
final class SourceChecks {
  private static final JsonMapper JSON = new JsonMapper();

  private final FigureChecks figures;
  private final Path source;

  SourceChecks(FigureChecks figures, Path source) {
    this.figures = figures;
    this.source = source;
  }

  /// Compares hashes, figures, what was removed, and where every tensor comes from.
  void compare(Comparison check) throws IOException, InterruptedException {
    JsonNode json = json();
    JsonNode stated = json.path("sources").path(0);
    Opened opened;
    try (Checkpoint checkpoint = Checkpoints.open(source)) {
      check.same(
          "sources[0].content_sha256",
          stated.path("content_sha256").asString(""),
          checkpoint.contentHash());
      if (!check.holds()) {
        return; // another model; its figures would say nothing
      }
      opened = new Opened(checkpoint.load(), checkpoint.tokenizer(), checkpoint.sizeBytes());
    }
    check.same(
        "sources[0].tokenizer_sha256",
        stated.path("tokenizer_sha256").asString(""),
        opened.tokenizer().contentHash());
    FigureChecks.compareSize(check, "figures.source", json.path("figures").path("source"), opened);
    figures.compareScores(check, "source", opened);
    List<JsonNode> lines = figures.evidence();
    JsonNode removed =
        EvidenceText.removed(
            figures
                .meter(figures.agent().model())
                .removed(opened.model(), figures.items(opened.tokenizer()).examples()));
    check.same("evidence line 2", lines.size() < 2 ? JSON.nullNode() : lines.get(1), removed);
    compareOrigins(check, opened);
  }

  private JsonNode json() {
    return figures.manifest().json();
  }

  private void compareOrigins(Comparison check, Opened opened) throws IOException {
    ModelConfig agent = figures.agent().model().config();
    ModelConfig config = opened.model().config();
    int[] tokens = figures.manifest().tokens(agent);
    int all = config.extents().vocabulary();
    check.same("vocabulary.source", json().path("vocabulary").path("source").asInt(-1), all);
    if (tokens.length > 0 && tokens[tokens.length - 1] >= all) {
      check.differ("vocabulary.kept", "tokens below " + all, tokens[tokens.length - 1]);
      return;
    }
    var kept = new KeptWeights(config, figures.manifest().keep(agent), agent, tokens);
    Origins origins = Origins.of(source, opened.model(), kept, figures.agent().model());
    for (JsonNode entry : figures.manifest().json().path("checkpoints")) {
      String path = entry.path("path").asString("");
      ObjectNode found = JSON.createObjectNode();
      TensorText.add(found, figures.folder().resolve(path), origins);
      for (String name : found.propertyNames()) {
        check.same(
            "%s %s from".formatted(path, name),
            entry.path("tensors").path(name).path("from"),
            found.path(name).path("from"));
      }
    }
  }
}
