package ai.hartonomous.platform.cli;

import ai.hartonomous.model.checkpoint.ContentHash;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous verify`: computes every figure of a report again. A report may come from anyone, so
/// its command line runs only if the verb is one of a list, and writes to a temporary folder only.
@Command(
    name = "verify",
    description = "Computes every figure of a report again, and compares.",
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  /// Verbs with a {@link ReportOption} that write nothing but what it and its list name.
  static final Set<String> VERBS =
      Set.of(
          "agent compare",
          "circuit find",
          "circuit score",
          "graph trace",
          "graph verify",
          "probe check",
          "probe embed",
          "probe search",
          "suite score",
          "transcoder evaluate",
          "transcoder features",
          "transcoder train",
          "transcoder tune");

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
    double allowed = tolerance;
    if (Double.isNaN(allowed)) {
      allowed = stored.machine().equals(Report.Machine.here()) ? 0 : ELSEWHERE;
    }
    List<Differences.Difference> differences;
    int figures = 0;
    try (var again = RepeatedRun.of(file, stored.arguments(), VERBS)) {
      differences = new ArrayList<>(changedInputs(stored));
      if (differences.isEmpty()) {
        Report computed = again.run();
        Differences found = new Differences(allowed);
        found.compareInputs(stored.inputs(), computed.inputs());
        found.compareWritten(stored.written(), computed.written());
        found.compare("figures", stored.figures(), computed.figures());
        differences.addAll(found.all());
        figures = found.compared();
      }
    }
    print(differences, figures, allowed);
    return differences.isEmpty() ? 0 : 1;
  }

  private static List<Differences.Difference> changedInputs(Report stored) throws IOException {
    List<Differences.Difference> changed = new ArrayList<>();
    for (Report.Input input : stored.inputs()) {
      Path path = Path.of(input.path());
      String found = Files.isRegularFile(path) ? ContentHash.of(path) : "no such file";
      if (!found.equals(input.sha256())) {
        changed.add(new Differences.Difference("inputs " + input.path(), input.sha256(), found));
      }
    }
    return changed;
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
