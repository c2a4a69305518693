package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.attribute.CoderHash;
import ai.hartonomous.interpret.attribute.GraphComparison;
import ai.hartonomous.interpret.attribute.GraphFigures;
import ai.hartonomous.interpret.attribute.GraphFile;
import ai.hartonomous.interpret.attribute.GraphFile.Origin;
import ai.hartonomous.interpret.attribute.GraphFileReader;
import ai.hartonomous.interpret.attribute.GraphRequest;
import ai.hartonomous.platform.cli.GraphSource.Loaded;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous graph verify`: computes a stored graph again.
@Command(
    name = "verify",
    description = "Computes a graph again from model and coders, and compares every number.",
    mixinStandardHelpOptions = true)
final class GraphVerifyCommand implements Callable<Integer> {

  @Mixin private GraphSource source;

  @Mixin private ReportOption report;

  @Parameters(index = "0", paramLabel = "FILE", description = "A graph that 'graph trace' wrote.")
  private Path file = Path.of("");

  @Parameters(
      index = "1",
      paramLabel = "MODEL",
      description = "Checkpoint: a folder in Hugging Face's layout, or a .gguf or llama2.c file.")
  private Path path = Path.of("");

  @Override
  public Integer call() throws IOException, InterruptedException {
    GraphFile stored = GraphFileReader.read(file);
    Origin origin = stored.origin();
    if (origin == null) {
      throw new IOException(file + ": no record of how the graph was made; not a graph of ours");
    }
    Loaded loaded = source.load(path);
    String hash = CoderHash.of(loaded.coders());
    check("model", path, origin.modelHash(), loaded.hash());
    check("coders", source.folder(), origin.codersHash(), hash);
    GraphRequest request = origin.request();
    String fault = ModelSource.fault(request.ids(), loaded.model().config());
    String misfit = GraphTargets.fault(request.targets(), loaded.model().config());
    if (!fault.isEmpty() || !misfit.isEmpty()) {
      throw new IOException("%s: %s".formatted(file, fault.isEmpty() ? misfit : fault));
    }
    GraphFigures figures = source.figures(loaded, request);
    GraphFile computed = GraphFile.of(figures, stored.header(), request, loaded.hash(), hash);
    GraphComparison comparison = GraphComparison.of(stored, computed);
    boolean holds = comparison.holds() && figures.conservation().holds();
    ObjectNode json = json(comparison, figures, holds);
    report.write(List.of(file, path, source.folder()), json);
    if (source.asJson()) {
      source.print(json);
    } else {
      print(comparison, figures, holds);
    }
    return holds ? 0 : 1;
  }

  private void check(String what, Path place, String expected, String found) throws IOException {
    if (!expected.equals(found)) {
      throw new IOException(
          "%s: traced with another %s: expected %s, found %s at %s"
              .formatted(file, what, expected, found, place));
    }
  }

  private static ObjectNode json(GraphComparison comparison, GraphFigures figures, boolean holds) {
    ObjectNode json = ModelSource.mapper().createObjectNode();
    json.put("verified", holds);
    ObjectNode differences = json.putObject("differences");
    new TreeMap<>(comparison.differences()).forEach(differences::put);
    ArrayNode faults = json.putArray("faults");
    comparison.faults().forEach(faults::add);
    json.set("computed", GraphReport.json(figures));
    return json;
  }

  private void print(GraphComparison comparison, GraphFigures figures, boolean holds) {
    comparison.faults().forEach(source::print);
    new TreeMap<>(comparison.differences())
        .forEach(
            (what, difference) ->
                source.print(
                    "%-14s differ by at most %.1e (bar %.0e)"
                        .formatted(what, difference, GraphComparison.BAR)));
    GraphReport.lines(figures).forEach(source::print);
    source.print(holds ? "verified" : "NOT VERIFIED");
  }
}
