package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.probe.Component.Kind;
import ai.hartonomous.interpret.probe.ProbeSpace;
import ai.hartonomous.interpret.probe.ProbeStore;
import ai.hartonomous.interpret.probe.ResponseMeter;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous probe search`: components that respond like an example.
@Command(
    name = "search",
    description = "Finds the components whose responses are most like those of an example.",
    mixinStandardHelpOptions = true)
final class ProbeSearchCommand implements Callable<Integer> {

  private static final int MOST_ITEMS = 100;

  @Spec private CommandSpec spec;
  @Mixin private ReportOption report;

  @Parameters(paramLabel = "DIR", description = "Written by probe embed.")
  private Path folder = Path.of("");

  @ArgGroup(multiplicity = "1")
  private Example example = new Example();

  /// What to look for.
  static final class Example {
    @Option(
        names = "--component",
        paramLabel = "PATH",
        description = "A component, such as layers.1.heads.3.")
    private @Nullable String component;

    @Option(names = "--text", paramLabel = "TEXT", description = "A text; needs --model.")
    private @Nullable String text;

    @Option(
        names = "--suite",
        paramLabel = "FILE",
        description = "The first 100 items of a capability suite; needs --model.")
    private @Nullable Path suite;
  }

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "The model of the store, to read a text with.")
  private @Nullable Path model;

  @Option(names = "--coders", paramLabel = "DIR", description = "The coders given to probe embed.")
  private @Nullable Path coders;

  @Option(
      names = "--in",
      paramLabel = "DIR",
      description = "Store of another model to look in (default: the same one).")
  private @Nullable Path other;

  @Option(names = "--kind", paramLabel = "KIND", description = "head, neuron or feature only.")
  private @Nullable Kind kind;

  @Option(names = "--count", paramLabel = "N", description = "How many (default 10).")
  private int count = 10;

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ProbeStore store = ProbeStore.read(folder);
    ProbeStore searched = other == null ? store : ProbeStore.read(other);
    if (!searched.textsHash().equals(store.textsHash())) {
      throw new IOException(
          "%s and %s were measured on different probe texts".formatted(folder, other));
    }
    float[] query = query(store, new ProbeSpace(store.responses()));
    Set<Kind> kinds = kind == null ? Set.of() : EnumSet.of(kind);
    List<ProbeSpace.Hit> hits =
        new ProbeSpace(searched.responses()).search(query, Math.max(1, count), kinds);
    ObjectNode json = ModelSource.mapper().createObjectNode();
    json.put("model", searched.model());
    ArrayNode list = json.putArray("hits");
    for (ProbeSpace.Hit hit : hits) {
      list.addObject().put("component", hit.component().path()).put("cosine", hit.cosine());
      if (!asJson) {
        print("%7.4f  %s".formatted(hit.cosine(), hit.component().path()));
      }
    }
    report.write(ReportOption.given(folder, other, model, coders, example.suite), json);
    if (asJson) {
      print(ModelSource.mapper().writeValueAsString(json));
    }
    return 0;
  }

  private float[] query(ProbeStore store, ProbeSpace space)
      throws IOException, InterruptedException {
    if (example.component != null) {
      try {
        return space.embedding(space.indexOf(example.component));
      } catch (IllegalArgumentException e) {
        throw wrongUse("--component: " + e.getMessage());
      }
    }
    if (model == null) {
      throw wrongUse("--text and --suite need --model");
    }
    List<SparseCoder> features = coders == null ? List.of() : Coders.read(coders);
    Model loaded;
    Tokenizer tokenizer;
    try (Checkpoint checkpoint = Checkpoints.open(model);
        Kernels kernels = ModelSource.kernels()) {
      if (!checkpoint.contentHash().equals(store.modelHash())) {
        throw new IOException("%s is not the model of %s".formatted(model, folder));
      }
      loaded = checkpoint.load();
      tokenizer = checkpoint.tokenizer();
      var meter = new ResponseMeter(new Transformer(loaded, kernels), features, store.leading());
      List<int[]> ids = ProbeEmbedCommand.encoded(texts(), tokenizer);
      return space.embed(meter.measure(ids, done -> {}));
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: %s".formatted(model, e.getMessage()), e);
    }
  }

  private List<String> texts() throws IOException {
    if (example.suite == null) {
      return List.of(String.valueOf(example.text));
    }
    List<CapabilityItem> items = CapabilitySuite.read(example.suite).items();
    return items.stream().limit(MOST_ITEMS).map(i -> i.prompt() + i.answer()).toList();
  }

  private ParameterException wrongUse(String reason) {
    return new ParameterException(spec.commandLine(), reason);
  }

  private void print(String line) {
    spec.commandLine().getOut().println(line);
    spec.commandLine().getOut().flush();
  }
}
