package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.probe.Component.Kind;
import ai.hartonomous.interpret.probe.Probe;
import ai.hartonomous.interpret.probe.ProbeStore;
import ai.hartonomous.interpret.probe.ProbeTexts;
import ai.hartonomous.interpret.probe.ResponseMeter;
import ai.hartonomous.interpret.probe.Responses;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous probe embed`: measures how the components of a model respond to the probe texts.
@Command(
    name = "embed",
    description = "Measures the response of every head, neuron and feature to the probe texts.",
    mixinStandardHelpOptions = true)
final class ProbeEmbedCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private ModelSource source;
  @Mixin private ReportOption report;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to write.")
  private Path out = Path.of("");

  @Option(
      names = "--texts",
      paramLabel = "FILE",
      description = "Probe texts, one in a line (default: the 1,536 standard ones).")
  private @Nullable Path texts;

  @Option(
      names = "--coders",
      paramLabel = "DIR",
      description = "Coders of the model whose features count as components too.")
  private @Nullable Path coders;

  @Override
  public Integer call() throws IOException, InterruptedException {
    report.refuseUnlessEmpty(out);
    List<String> probes = texts();
    List<SparseCoder> features = coders == null ? List.of() : Coders.read(coders);
    Tokenizer tokenizer = source.tokenizer();
    Model model;
    String hash;
    try (Checkpoint checkpoint = source.open()) {
      model = checkpoint.load();
      hash = checkpoint.contentHash();
    }
    int leading = ResponseMeter.leading(tokenizer);
    Responses responses;
    try (Kernels kernels = ModelSource.kernels();
        var progress =
            new ProgressLine<Integer>(
                spec.commandLine().getErr(), done -> done + " of " + probes.size() + " texts")) {
      var meter = new ResponseMeter(new Transformer(model, kernels), features, leading);
      responses = meter.measure(encoded(probes, tokenizer), progress::show);
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: %s".formatted(source.path(), e.getMessage()), e);
    }
    String name = String.valueOf(source.path().toAbsolutePath().normalize().getFileName());
    new ProbeStore(name, hash, ProbeStore.hash(probes), leading, responses).write(out);
    ObjectNode figures = figures(responses);
    report.write(ReportOption.given(source.path(), texts, coders), figures, out);
    print(figures);
    return 0;
  }

  /// {@return sizes, and the root of the mean square of the responses of each kind of component}
  private static ObjectNode figures(Responses responses) {
    ObjectNode figures = ModelSource.mapper().createObjectNode();
    figures.put("components", responses.components().size());
    figures.put("texts", responses.texts());
    ObjectNode means = figures.putObject("root_mean_square_response");
    for (Kind kind : Kind.values()) {
      double squares = 0;
      long count = 0;
      for (int c = 0; c < responses.values().length; c++) {
        if (responses.components().get(c).kind() == kind) {
          for (float value : responses.values()[c]) {
            squares += (double) value * value;
          }
          count += responses.texts();
        }
      }
      if (count > 0) {
        means.put(ProbeStore.label(kind), Math.sqrt(squares / count));
      }
    }
    return figures;
  }

  private List<String> texts() throws IOException {
    if (texts == null) {
      return ProbeTexts.standard().stream().map(Probe::text).toList();
    }
    List<String> lines = Files.readAllLines(texts).stream().filter(s -> !s.isBlank()).toList();
    if (lines.size() < 2) {
      throw new IOException("%s: %d probe texts; at least 2".formatted(texts, lines.size()));
    }
    return lines;
  }

  static List<int[]> encoded(List<String> texts, Tokenizer tokenizer) {
    List<int[]> ids = new ArrayList<>();
    for (String text : texts) {
      ids.add(tokenizer.encodePrompt(text));
    }
    return ids;
  }

  private void print(ObjectNode figures) {
    if (source.asJson()) {
      ObjectNode json = ModelSource.mapper().createObjectNode().put("path", out.toString());
      source.print(json.setAll(figures));
    } else {
      source.print(
          "wrote %s: %d components, %d texts"
              .formatted(out, figures.path("components").asInt(), figures.path("texts").asInt()));
    }
  }
}
