package ai.hartonomous.platform.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous verify`: computes every figure of a report again. A report may come from anyone, so
/// its command line runs only if the verb is one that reads, and no option of it writes.
@Command(
    name = "verify",
    description = "Computes every figure of a report again, and compares.",
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  /// Verbs with a {@link ReportOption} that write nothing but what it and its list name.
  static final Set<String> VERBS =
      Set.of("circuit find", "circuit score", "graph trace", "graph verify", "transcoder evaluate");

  private static final double ELSEWHERE = 1e-4;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "REPORT", description = "A file that --report wrote.")
  private Path file = Path.of("");

  @Option(
      names = "--tolerance",
      paramLabel = "X",
      description =
          "Relative difference to allow (default: 0 on the kind of machine that wrote the report,"
              + " 1e-4 elsewhere).")
  private double tolerance = Double.NaN;

  @Option(names = "--json", description = "Prints a JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException {
    if (tolerance < 0) {
      throw new ParameterException(spec.commandLine(), "--tolerance must be at least 0.");
    }
    Report stored = Report.read(file);
    refuseUnlessReading(stored);
    List<Differences.Difference> differences = new ArrayList<>(changedInputs(stored));
    double allowed = tolerance;
    if (Double.isNaN(allowed)) {
      allowed = stored.machine().equals(Report.Machine.here()) ? 0 : ELSEWHERE;
    }
    int figures = 0;
    if (differences.isEmpty()) {
      Report computed = runAgain(stored);
      Differences found = new Differences(allowed);
      found.compareInputs(stored.inputs(), computed.inputs());
      found.compare("figures", stored.figures(), computed.figures());
      differences.addAll(found.all());
      figures = found.compared();
    }
    print(differences, figures, allowed);
    return differences.isEmpty() ? 0 : 1;
  }

  private void refuseUnlessReading(Report report) throws IOException {
    ParseResult parsed;
    try {
      parsed = again().parseArgs(report.arguments().toArray(String[]::new));
    } catch (ParameterException e) {
      throw new IOException("%s at arguments: %s".formatted(file, e.getMessage()));
    }
    StringBuilder verb = new StringBuilder();
    while (parsed.hasSubcommand()) {
      parsed = parsed.subcommand();
      verb.append(verb.isEmpty() ? "" : " ").append(parsed.commandSpec().name());
    }
    if (!VERBS.contains(verb.toString())) {
      throw new IOException(
          "%s at arguments: '%s' is no verb that reports may run".formatted(file, verb));
    }
    for (OptionSpec option : parsed.matchedOptions()) {
      if (ReportOption.WRITING.contains(option.longestName())) {
        throw new IOException(
            "%s at arguments: %s would write a file".formatted(file, option.longestName()));
      }
    }
  }

  private static List<Differences.Difference> changedInputs(Report stored) throws IOException {
    List<Differences.Difference> changed = new ArrayList<>();
    for (Report.Input input : stored.inputs()) {
      Path path = Path.of(input.path());
      String found = Files.isRegularFile(path) ? Report.sha256(path) : "no such file";
      if (!found.equals(input.sha256())) {
        changed.add(new Differences.Difference("inputs " + input.path(), input.sha256(), found));
      }
    }
    return changed;
  }

  private Report runAgain(Report stored) throws IOException {
    Path again = Files.createTempFile("hartonomous-report", ".json");
    try {
      List<String> words = new ArrayList<>(stored.arguments());
      words.add("--report=" + again);
      var complaint = new StringWriter();
      int exitCode =
          again()
              .setOut(new PrintWriter(new StringWriter()))
              .setErr(new PrintWriter(complaint))
              .execute(words.toArray(String[]::new));
      if (exitCode != 0) {
        throw new IOException(
            "%s: the stored command failed: %s".formatted(file, complaint.toString().strip()));
      }
      return Report.read(again);
    } finally {
      Files.deleteIfExists(again);
    }
  }

  /// A word that begins with `@` stays a word, so that a report cannot bring in other files.
  private static CommandLine again() {
    return Main.commandLine().setExpandAtFiles(false);
  }

  private void print(List<Differences.Difference> differences, int figures, double allowed) {
    PrintWriter out = spec.commandLine().getOut();
    if (asJson) {
      ObjectNode root = new JsonMapper().createObjectNode();
      root.put("verified", differences.isEmpty()).put("figures", figures);
      root.put("tolerance", allowed);
      ArrayNode list = root.putArray("differences");
      for (Differences.Difference d : differences) {
        list.addObject()
            .put("place", d.place())
            .put("stored", d.stored())
            .put("computed", d.computed());
      }
      out.println(root);
    } else {
      for (Differences.Difference d : differences) {
        out.println("%s: stored %s, now %s".formatted(d.place(), d.stored(), d.computed()));
      }
      String how = allowed == 0 ? "exactly" : "within " + allowed + " relative";
      out.println(
          differences.isEmpty()
              ? "%d figures computed again, all equal %s".formatted(figures, how)
              : "%d differences".formatted(differences.size()));
    }
    out.flush();
  }
}
