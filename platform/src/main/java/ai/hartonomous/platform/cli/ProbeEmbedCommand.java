package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.interchange.Coders;
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
    List<String> probes = texts();
    List<SparseCoder> features = coders == null ? List.of() : Coders.read(coders);
    Tokenizer tokenizer = source.tokenizer();
    Model model;
    String hash;
    try (Checkpoint checkpoint = source.open()) {
      model = checkpoint.load();
      hash = checkpoint.contentHash();
    }
    int leading = leading(tokenizer);
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
    print(responses);
    return 0;
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

  /// {@return positions that do not count: the begin token's}
  static int leading(Tokenizer tokenizer) {
    return tokenizer.addsBegin() && tokenizer.beginId().isPresent() ? 1 : 0;
  }

  static List<int[]> encoded(List<String> texts, Tokenizer tokenizer) {
    List<int[]> ids = new ArrayList<>();
    for (String text : texts) {
      ids.add(tokenizer.encodePrompt(text));
    }
    return ids;
  }

  private void print(Responses responses) {
    if (source.asJson()) {
      ObjectNode json = ModelSource.mapper().createObjectNode();
      json.put("path", out.toString());
      json.put("components", responses.components().size());
      json.put("texts", responses.texts());
      source.print(json);
    } else {
      source.print(
          "wrote %s: %d components, %d texts"
              .formatted(out, responses.components().size(), responses.texts()));
    }
  }
}
