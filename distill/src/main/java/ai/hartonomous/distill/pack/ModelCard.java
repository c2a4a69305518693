package ai.hartonomous.distill.pack;

import ai.hartonomous.distill.capability.Score;
import ai.hartonomous.distill.evaluate.ModelSize;
import ai.hartonomous.distill.evaluate.Report;
import ai.hartonomous.distill.evaluate.Retention;
import java.util.Locale;
import java.util.stream.Collectors;

/// Writes the README of an agent.
final class ModelCard {

  private ModelCard() {}

  static String of(Manifest manifest, Report report) {
    String licence = manifest.source().licence();
    String targets =
        report.retention().stream()
            .filter(r -> r.kind() == Retention.Kind.TARGET)
            .map(Retention::capability)
            .collect(Collectors.joining(", "));
    var text = new StringBuilder();
    text.append("---\n");
    text.append(licence == null ? "" : "license: " + licence + "\n");
    text.append("base_model: ").append(manifest.source().name()).append('\n');
    text.append("---\n\n# ").append(targets).append(", from ");
    text.append(manifest.source().name()).append("\n\n");
    text.append(
        """
        A specialist cut out of a larger model: the attention heads and neurons that carry the
        capability named above, healed by distillation from the source. Other skills of the source
        are lost on purpose; the table shows how far.

        ## Exact match on held-out items

        | capability | asked for | n | source | agent | kept |
        |---|---|---:|---:|---:|---:|
        """);
    report.retention().forEach(retention -> text.append(row(retention)));
    appendSizes(text, report);
    text.append("\n## Origin\n\nSource: `").append(manifest.source().name());
    text.append("`, SHA-256 `").append(manifest.source().contentHash()).append("`. Licence: ");
    text.append(licence == null ? "not stated by the source" : licence).append(".\n");
    text.append(
        """
        `manifest.json` names every kept component with its importance, the suites by hash, the
        recipe, the seed, and the hash of every file.
        """);
    return text.toString();
  }

  private static void appendSizes(StringBuilder text, Report report) {
    text.append("\n## Size\n\n| | source | agent |\n|---|---:|---:|\n");
    ModelSize source = report.source();
    ModelSize agent = report.agent();
    text.append(row("parameters", source.parameters(), agent.parameters()));
    text.append(row("attention heads", source.heads(), agent.heads()));
    text.append(row("neurons", source.neurons(), agent.neurons()));
    text.append(row("bytes of weights and configuration", source.bytes(), agent.bytes()));
    text.append(row("bytes of memory at full context", source.decodeBytes(), agent.decodeBytes()));
  }

  private static String row(Retention retention) {
    String asked = retention.kind() == Retention.Kind.TARGET ? "yes" : "no";
    String kept =
        retention.source().right() == 0
            ? "-"
            : String.format(Locale.ROOT, "%.1f %%", 100 * retention.ratio());
    return "| %s | %s | %d | %s | %s | %s |\n"
        .formatted(
            retention.capability(),
            asked,
            retention.source().items(),
            share(retention.source()),
            share(retention.agent()),
            kept);
  }

  private static String share(Score score) {
    return String.format(Locale.ROOT, "%.3f ± %.3f", score.exactMatch(), score.standardError());
  }

  private static String row(String what, long source, long agent) {
    return "| %s | %d | %d |\n".formatted(what, source, agent);
  }
}
