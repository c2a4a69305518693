package ai.hartonomous.platform.analysis;

import ai.hartonomous.interpret.feature.Feature;
import ai.hartonomous.interpret.feature.FeatureBook;
import ai.hartonomous.interpret.feature.FeatureFile;
import ai.hartonomous.interpret.feature.FeatureJson;
import ai.hartonomous.interpret.feature.FeatureScan;
import ai.hartonomous.interpret.feature.FeatureSummary;
import ai.hartonomous.interpret.feature.ScanSettings;
import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.platform.corpus.Corpora;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Describes the features of transcoders by what they are active on, into one file for each coder,
/// read page by page.
@Component
class FeatureAnalysis implements Analysis<FeatureAsk> {

  private static final String TOKENS = "tokens.json";
  static final String ENDING = ".features";

  private final StoredCoders coders;
  private final Corpora corpora;
  private final JsonMapper json;

  FeatureAnalysis(StoredCoders coders, Corpora corpora, JsonMapper json) {
    this.coders = coders;
    this.corpora = corpora;
    this.json = json;
  }

  /// What was found.
  ///
  /// @param tokens tokens that counted
  /// @param coders one entry for each coder
  record Report(long tokens, List<Coder> coders) {}

  /// Features of one coder.
  ///
  /// @param coder hook point of its input, which names it
  /// @param summary how many there are, and how good their labels are
  record Coder(String coder, FeatureSummary summary) {}

  @Override
  public AnalysisKind kind() {
    return AnalysisKind.FEATURES;
  }

  @Override
  public Class<FeatureAsk> request() {
    return FeatureAsk.class;
  }

  @Override
  public void check(UUID modelId, FeatureAsk request) {
    coders.require(modelId, request.transcodersId());
    corpora.require("corpusId", request.corpusId());
  }

  @Override
  public Report run(Task task, FeatureAsk ask) throws IOException, InterruptedException {
    List<SparseCoder> all = Coders.read(coders.require(task.model().id(), ask.transcodersId()));
    long seed = Objects.requireNonNull(ask.seed());
    try (Kernels kernels = Kernels.of(task.threads())) {
      LoadedModel model = LoadedModel.of(task.model(), kernels);
      var text =
          model.text(
              corpora.require("corpusId", ask.corpusId()), Objects.requireNonNull(ask.length()));
      var scan = new FeatureScan(model.transformer(), all, ScanSettings.of(seed));
      scan.read(
          text, tokens -> task.job().progress("reading", 0.5, "%,d tokens read".formatted(tokens)));
      List<String> texts = texts(model.tokenizer());
      List<Coder> found = new ArrayList<>();
      for (int c = 0; c < all.size(); c++) {
        stopIfInterrupted();
        task.job().progress("describing", 0.5 + 0.5 * c / all.size(), all.get(c).reads().path());
        var look = new FeatureBook.Look(texts, seed);
        List<Feature> features =
            FeatureBook.of(scan, c, all.get(c), model.transformer().model(), kernels, look);
        FeatureSummary summary = FeatureSummary.of(features, seed);
        var coder = new Coder(all.get(c).reads().path(), summary);
        FeatureFile.write(
            task.folder().resolve(coder.coder() + ENDING),
            features,
            json.writeValueAsString(summary));
        found.add(coder);
      }
      Files.writeString(task.folder().resolve(TOKENS), json.writeValueAsString(texts));
      return new Report(scan.tokens(), found);
    }
  }

  private static void stopIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private static List<String> texts(Tokenizer tokenizer) {
    return IntStream.range(0, tokenizer.vocabularySize()).mapToObj(tokenizer::token).toList();
  }

  /// A page of features.
  ///
  /// @param items the features
  /// @param page its number, from 0
  /// @param pages how many there are
  record FeaturePage(List<JsonNode> items, int page, int pages) {}

  /// {@return a page of the features of one coder}
  ///
  /// @param folder files of the analysis
  /// @param coder hook point that names the coder
  /// @param page number of the page, from 0
  /// @throws IOException if a file cannot be read
  FeaturePage page(Path folder, String coder, int page) throws IOException {
    List<String> texts =
        json.readValue(
            Files.readString(folder.resolve(TOKENS)), new TypeReference<List<String>>() {});
    try (FeatureFile file = FeatureFile.open(folder.resolve(coder + ENDING))) {
      if (page < 0 || page >= file.pages()) {
        throw Problem.invalid("page", "must be 0 to %d".formatted(file.pages() - 1));
      }
      List<JsonNode> items =
          file.page(page).stream()
              .map(feature -> json.readTree(FeatureJson.of(feature, coder, texts)))
              .toList();
      return new FeaturePage(items, page, file.pages());
    }
  }
}
