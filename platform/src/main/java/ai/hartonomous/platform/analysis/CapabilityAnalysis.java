package ai.hartonomous.platform.analysis;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.probe.Probe;
import ai.hartonomous.interpret.probe.ProbeSpace;
import ai.hartonomous.interpret.probe.ProbeStore;
import ai.hartonomous.interpret.probe.ProbeTexts;
import ai.hartonomous.interpret.probe.ResponseMeter;
import ai.hartonomous.interpret.probe.Responses;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.platform.capability.Suites;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;

/// Measures a model's components on the probe texts, and finds those that respond like the items of
/// capability suites. Likeness is no proof of cause: that takes a circuit.
@Component
class CapabilityAnalysis implements Analysis<CapabilityAsk> {

  /// Items of a suite that are read.
  private static final int MOST_ITEMS = 100;

  private final StoredCoders coders;
  private final Suites suites;

  CapabilityAnalysis(StoredCoders coders, Suites suites) {
    this.coders = coders;
    this.suites = suites;
  }

  /// What was found.
  ///
  /// @param components components that were measured
  /// @param texts probe texts
  /// @param capabilities one entry for each suite
  record Report(int components, int texts, List<Found> capabilities) {}

  /// Components that respond like a suite.
  ///
  /// @param capability name of the suite
  /// @param hits the most similar ones, most similar first
  record Found(String capability, List<Hit> hits) {}

  /// A component.
  ///
  /// @param component its path
  /// @param cosine similarity, -1 to 1
  record Hit(String component, double cosine) {}

  @Override
  public AnalysisKind kind() {
    return AnalysisKind.CAPABILITIES;
  }

  @Override
  public Class<CapabilityAsk> request() {
    return CapabilityAsk.class;
  }

  @Override
  public void check(UUID modelId, CapabilityAsk request) {
    request.capabilities().forEach(name -> suites.require("capabilities", name));
    if (request.transcodersId() != null) {
      coders.require(modelId, request.transcodersId());
    }
  }

  @Override
  public Report run(Task task, CapabilityAsk ask) throws IOException, InterruptedException {
    List<SparseCoder> features =
        ask.transcodersId() == null
            ? List.of()
            : Coders.read(coders.require(task.model().id(), ask.transcodersId()));
    try (Kernels kernels = Kernels.of(task.threads())) {
      LoadedModel model = LoadedModel.of(task.model(), kernels);
      Tokenizer tokenizer = model.tokenizer();
      int leading = tokenizer.addsBegin() && tokenizer.beginId().isPresent() ? 1 : 0;
      var meter = new ResponseMeter(model.transformer(), features, leading);
      List<String> probes = ProbeTexts.standard().stream().map(Probe::text).toList();
      Responses responses =
          meter.measure(
              encoded(probes, tokenizer),
              done ->
                  task.job()
                      .progress(
                          "probing",
                          0.9 * done / probes.size(),
                          "%d of %d texts".formatted(done, probes.size())));
      new ProbeStore(task.model().name(), model.hash(), ProbeStore.hash(probes), leading, responses)
          .write(task.folder());
      var space = new ProbeSpace(responses);
      List<Found> found = new ArrayList<>();
      for (String name : ask.capabilities()) {
        task.job().progress("searching", 0.9, name);
        List<int[]> items = encoded(items(suites.require("capabilities", name)), tokenizer);
        float[] query = space.embed(meter.measure(items, _ -> {}));
        List<ProbeSpace.Hit> hits =
            space.search(query, Objects.requireNonNull(ask.count()), Set.of());
        found.add(new Found(name, hits.stream().map(CapabilityAnalysis::hit).toList()));
      }
      return new Report(responses.components().size(), probes.size(), found);
    }
  }

  private static Hit hit(ProbeSpace.Hit hit) {
    return new Hit(hit.component().path(), hit.cosine());
  }

  private static List<String> items(Path suite) throws IOException {
    List<CapabilityItem> items = CapabilitySuite.read(suite).items();
    return items.stream().limit(MOST_ITEMS).map(item -> item.prompt() + item.answer()).toList();
  }

  private static List<int[]> encoded(List<String> texts, Tokenizer tokenizer) {
    return texts.stream().map(tokenizer::encodePrompt).toList();
  }
}
