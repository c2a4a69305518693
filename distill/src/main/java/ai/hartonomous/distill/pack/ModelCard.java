package ai.hartonomous.distill.pack;

import ai.hartonomous.distill.capability.Score;
import ai.hartonomous.distill.evaluate.Evidence;
import ai.hartonomous.distill.evaluate.ModelSize;
import ai.hartonomous.distill.evaluate.Report;
import ai.hartonomous.distill.evaluate.Retention;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes the README of an agent.
final class ModelCard {
  private static final int STRONGEST = 10;

  private final Manifest manifest;
  private final Report report;
  private final AgentFolder.Contents contents;
  private final StringBuilder text = new StringBuilder();

  private ModelCard(Manifest manifest, Report report, AgentFolder.Contents contents) {
    this.manifest = manifest;
    this.report = report;
    this.contents = contents;
  }

  static String of(Manifest manifest, Report report, AgentFolder.Contents contents) {
    var card = new ModelCard(manifest, report, contents);
    card.head();
    card.retention();
    card.sizes();
    card.files();
    card.evidence();
    card.origin();
    return card.text.toString();
  }

  private void head() {
    String source = manifest.source().name();
    String targets =
        report.retention().stream()
            .filter(r -> r.kind() == Retention.Kind.TARGET)
            .map(Retention::capability)
            .collect(Collectors.joining(", "));
    @Nullable String licence = manifest.licence().licence();
    text.append("---\n");
    text.append(licence == null ? "" : "license: " + licence + "\n");
    text.append("base_model: ").append(source).append('\n');
    text.append("pipeline_tag: text-generation\n");
    text.append("---\n\n# ").append(targets).append(", from ").append(source);
    text.append(
        """


        A specialist cut out of a larger model: the attention heads and neurons that carry the
        capability named above, healed by distillation from the source. Other skills of the source
        are lost on purpose; the table shows how far. It was measured on prompts of the suites'
        form, with greedy decoding; nothing is known about others.
        """);
  }

  private void retention() {
    text.append(
        """

        ## Held-out items

        | capability | measured | asked for | n | source | agent | kept |
        |---|---|---|---:|---:|---:|---:|
        """);
    report.retention().forEach(retention -> text.append(row(retention)));
  }

  private void sizes() {
    text.append("\n## Size\n\n| | source | agent |\n|---|---:|---:|\n");
    ModelSize source = report.source();
    ModelSize agent = report.agent();
    text.append(row("parameters", source.parameters(), agent.parameters()));
    text.append(row("attention heads", source.heads(), agent.heads()));
    text.append(row("neurons", source.neurons(), agent.neurons()));
    text.append(row("bytes of weights and configuration", source.bytes(), agent.bytes()));
    text.append(row("bytes of memory at full context", source.decodeBytes(), agent.decodeBytes()));
  }

  private void files() {
    text.append(
        """

        ## Checkpoints

        All hold the same model. The figures are of the target's held-out items, as above.

        | place | numbers | figure | remark |
        |---|---|---|---|
        """);
    for (Packed packed : contents.packed()) {
      List<Score> scores = contents.proof().formats().getOrDefault(packed.path(), List.of());
      String place = packed.path().equals(Packed.MAIN) ? "this folder" : "`" + packed.path() + "`";
      String figure =
          packed.path().endsWith(".gguf")
              ? scores.stream().map(ModelCard::share).collect(Collectors.joining(", "))
              : "as above";
      String note = packed.note() == null ? "" : packed.note();
      text.append("| %s | %s | %s | %s |\n".formatted(place, packed.dtype(), figure, cell(note)));
    }
    contents.leftOut().forEach(reason -> text.append("\nLeft out: ").append(reason).append(".\n"));
  }

  private void evidence() {
    Evidence evidence = contents.proof().evidence();
    Evidence.Settings settings = evidence.settings();
    int n = settings.items().size();
    long sure = evidence.kept().stream().filter(part -> part.interval().excludesZero()).count();
    Evidence.Removed removed = evidence.removed();
    text.append("\n## Evidence\n\n");
    text.append(
        String.format(
            Locale.ROOT,
            """
            On %d held-out items the agent has a loss of %.4f nats per answer token, and %.4f with all
            its heads and neurons replaced by their means. Replacing one of them alone changes the
            loss by more than chance for %d of %d: the 95 %% interval of the effect excludes zero. The
            others may be spare, or stand in for each other. Replacing the %d removed components in
            the source raises its loss from %.4f to %.4f, before any healing.
            """,
            n,
            settings.clean().loss(),
            settings.baseline().loss(),
            sure,
            evidence.kept().size(),
            removed.components(),
            removed.clean().loss(),
            removed.ablated().loss()));
    text.append("\nThe strongest, by their place in the source:\n\n");
    text.append("| component | effect, nats | 95 % interval | right without it | of |\n");
    text.append("|---|---:|---:|---:|---:|\n");
    evidence.kept().stream()
        .sorted(Comparator.comparingDouble(Evidence.Part::effect).reversed())
        .limit(STRONGEST)
        .forEach(part -> text.append(row(part, n)));
    text.append("\n`evidence.jsonl` has all of them, with what each restores alone.\n");
  }

  private void origin() {
    Manifest.Source source = manifest.source();
    Licences.Verdict verdict = manifest.licence();
    text.append("\n## Origin\n\nSource: `").append(source.name());
    text.append("`, SHA-256 `").append(source.contentHash()).append("`. Licence: ");
    text.append(source.licence() == null ? "not stated by the source" : source.licence());
    text.append(". Owner: ");
    text.append(source.owner() == null ? "not stated by the source" : source.owner());
    text.append(".\n");
    Manifest.Source teacher = manifest.teacher();
    if (teacher != null) {
      text.append("\nTeacher: `").append(teacher.name());
      text.append("`, SHA-256 `").append(teacher.contentHash()).append("`. Licence: ");
      text.append(teacher.licence() == null ? "not stated" : teacher.licence()).append(".\n");
    }
    verdict.warnings().forEach(warning -> text.append("\nNote: ").append(warning).append(".\n"));
    text.append(
        """

        `manifest.json` names every kept component with its importance, the rows and columns of the
        source that every tensor came from, the suites by hash, the recipe, the seed, and the hash of
        every file and tensor; `manifest.sha256` has its own. `suites/` holds the held-out items.
        `hartonomous agent verify DIR` computes all of it again.
        """);
  }

  private static String row(Evidence.Part part, int n) {
    return String.format(
        Locale.ROOT,
        "| `%s` | %.4f | %.4f to %.4f | %d | %d |\n",
        part.path(),
        part.effect(),
        part.interval().low(),
        part.interval().high(),
        part.ablated().exact(),
        n);
  }

  private static String row(Retention retention) {
    String asked = retention.kind() == Retention.Kind.TARGET ? "yes" : "no";
    String kept =
        Double.isNaN(retention.ratio())
            ? "-"
            : String.format(Locale.ROOT, "%.1f %%", 100 * retention.ratio());
    return "| %s | %s | %s | %d | %s | %s | %s |\n"
        .formatted(
            retention.capability(),
            retention.source().metric().label().replace('_', ' '),
            asked,
            retention.source().items(),
            share(retention.source()),
            share(retention.agent()),
            kept);
  }

  private static String row(String what, long source, long agent) {
    return "| %s | %d | %d |\n".formatted(what, source, agent);
  }

  private static String share(Score score) {
    return String.format(Locale.ROOT, "%.3f ± %.3f", score.value(), score.standardError());
  }

  private static String cell(String note) {
    return note.replace("|", "\\|").replaceAll("\\s+", " ");
  }
}
