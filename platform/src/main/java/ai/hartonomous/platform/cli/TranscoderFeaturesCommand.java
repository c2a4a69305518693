package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.capture.CorpusText;
import ai.hartonomous.interpret.feature.Feature;
import ai.hartonomous.interpret.feature.FeatureBook;
import ai.hartonomous.interpret.feature.FeatureFile;
import ai.hartonomous.interpret.feature.FeatureScan;
import ai.hartonomous.interpret.feature.FeatureSummary;
import ai.hartonomous.interpret.feature.ScanSettings;
import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous transcoder features`: what the features of coders are active on.
@Command(
    name = "features",
    description = "Gathers examples, promoted tokens and scored labels of a coder's features.",
    mixinStandardHelpOptions = true)
final class TranscoderFeaturesCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private ModelSource source;
  @Mixin private CorpusOptions corpus;
  @Mixin private ReportOption report;

  @Option(
      names = "--coders",
      required = true,
      paramLabel = "DIR",
      description = "Folder of coders of the model.")
  private Path coders = Path.of("");

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Written: one file of features for each coder.")
  private Path out = Path.of("");

  @Option(
      names = "--control-coders",
      paramLabel = "DIR",
      description = "Coders trained in the same way on the untrained model: the second control.")
  private @Nullable Path controlCoders;

  @Option(
      names = "--control-model",
      paramLabel = "DIR",
      description = "That untrained model; it reads the same token ids.")
  private @Nullable Path controlModel;

  @Option(names = "--seed", paramLabel = "S", description = "Source of every choice (default 1).")
  private long seed = 1;

  @Override
  public Integer call() throws IOException {
    if ((controlCoders == null) != (controlModel == null)) {
      throw source.wrongUse("--control-coders and --control-model go together");
    }
    report.refuseUnlessEmpty(out);
    Tokenizer tokenizer = source.tokenizer();
    CorpusText text = corpus.text(tokenizer);
    List<Coder> found = scan(source.open(), coders, text, tokenizer);
    write(found, text);
    List<Path> read = new ArrayList<>(List.of(source.path(), coders));
    read.addAll(corpus.files());
    ObjectNode figures = ModelSource.mapper().createObjectNode();
    put(found, figures.putArray("coders"));
    if (controlCoders != null && controlModel != null) {
      List<Coder> control = scan(Checkpoints.open(controlModel), controlCoders, text, tokenizer);
      read.addAll(List.of(controlModel, controlCoders));
      put(control, figures.putArray("untrained_model_control"));
      control.forEach(coder -> coder.print("control ", source));
    }
    report.write(read, figures, out);
    if (source.asJson()) {
      for (JsonNode coder : figures.path("coders")) {
        ((ObjectNode) coder).put("path", file(coder.path("coder").asString()).toString());
      }
      source.print(figures);
    }
    return 0;
  }

  private static void put(List<Coder> coders, ArrayNode list) {
    coders.forEach(coder -> list.add(coder.json()));
  }

  private Path file(String name) {
    return out.resolve(name + ".features");
  }

  static List<String> texts(Tokenizer tokenizer) {
    List<String> texts = new ArrayList<>();
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      texts.add(tokenizer.token(id));
    }
    return texts;
  }

  /// Features of one coder.
  private record Coder(String name, List<Feature> features, FeatureSummary summary, long tokens) {

    ObjectNode json() {
      ObjectNode json = ModelSource.mapper().createObjectNode();
      json.put("coder", name);
      json.put("tokens", tokens);
      json.put("features", summary.features());
      json.put("dead", summary.dead());
      json.put("scored", summary.scored());
      json.put("labelled", summary.labelled());
      ObjectNode kinds = json.putObject("labelled_by_kind");
      summary.labelledByKind().forEach(kinds::put);
      put(summary.accuracy(), json.putObject("balanced_accuracy"));
      put(summary.weightedAccuracy(), json.putObject("balanced_accuracy_by_frequency"));
      put(summary.controlAccuracy(), json.putObject("random_feature_control"));
      return json;
    }

    private static void put(FeatureSummary.Mean mean, ObjectNode to) {
      to.put("mean", mean.mean());
      to.put("low", mean.low());
      to.put("high", mean.high());
    }

    void print(String prefix, ModelSource to) {
      if (!to.asJson()) {
        to.print(
            "%s%s: %d features, %d dead, %d scored, %d labelled, balanced accuracy %.3f, control %.3f"
                .formatted(
                    prefix,
                    name,
                    summary.features(),
                    summary.dead(),
                    summary.scored(),
                    summary.labelled(),
                    summary.accuracy().mean(),
                    summary.controlAccuracy().mean()));
      }
    }
  }

  private List<Coder> scan(Checkpoint opened, Path folder, CorpusText text, Tokenizer tokenizer)
      throws IOException {
    List<SparseCoder> all = Coders.read(folder);
    Model model;
    try (Checkpoint checkpoint = opened) {
      model = checkpoint.load();
    }
    List<Coder> found = new ArrayList<>();
    try (Kernels kernels = ModelSource.kernels();
        var progress =
            new ProgressLine<Long>(spec.commandLine().getErr(), "%,d tokens"::formatted)) {
      var scan = new FeatureScan(new Transformer(model, kernels), all, ScanSettings.of(seed));
      scan.read(text, progress::show);
      var look = new FeatureBook.Look(texts(tokenizer), seed);
      for (int c = 0; c < all.size(); c++) {
        List<Feature> features = FeatureBook.of(scan, c, all.get(c), model, kernels, look);
        FeatureSummary summary = FeatureSummary.of(features, seed);
        found.add(new Coder(all.get(c).reads().path(), features, summary, scan.tokens()));
      }
    } catch (IllegalArgumentException e) { // the text or the coders do not fit the model
      throw new IOException("%s: %s".formatted(source.path(), e.getMessage()), e);
    }
    return found;
  }

  private void write(List<Coder> found, CorpusText text) throws IOException {
    Files.createDirectories(out);
    String hash;
    try (Checkpoint checkpoint = source.open()) {
      hash = checkpoint.contentHash();
    }
    for (Coder coder : found) {
      ObjectNode origin = coder.json();
      origin.put("model_sha256", hash);
      origin.put("corpus_sha256", text.corpus().hash());
      origin.put("seed", seed);
      FeatureFile.write(file(coder.name()), coder.features(), origin.toString());
      coder.print("", source);
    }
  }
}
