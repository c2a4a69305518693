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
import ai.hartonomous.platform.analysis.Analysis.Task;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A model that was measured on the standard probe texts.
///
/// @param meter measures it on more texts
/// @param tokenizer reads them
/// @param space its components as directions
record Probing(ResponseMeter meter, Tokenizer tokenizer, ProbeSpace space) {

  /// Items of a suite that are read.
  private static final int MOST_ITEMS = 100;

  /// Measures a model, and writes its responses into the task's folder.
  ///
  /// @param task the model, and where to write
  /// @param kernels compute it
  /// @param coders folder of coders whose features count as components too, or null
  /// @throws IOException if a file is not as hoped
  /// @throws InterruptedException if the thread is interrupted
  static Probing measure(Task task, Kernels kernels, @Nullable Path coders)
      throws IOException, InterruptedException {
    LoadedModel model = LoadedModel.of(task.model(), kernels);
    Tokenizer tokenizer = model.tokenizer();
    ResponseMeter meter = meter(model, coders);
    List<String> probes = ProbeTexts.standard().stream().map(Probe::text).toList();
    Responses responses =
        meter.measure(
            encoded(probes, tokenizer),
            done ->
                task.job()
                    .progress(
                        "probing",
                        0.8 * done / probes.size(),
                        "%d of %d texts".formatted(done, probes.size())));
    String name = task.model().name();
    String texts = ProbeStore.hash(probes);
    new ProbeStore(name, model.hash(), texts, ResponseMeter.leading(tokenizer), responses)
        .write(task.folder());
    return new Probing(meter, tokenizer, new ProbeSpace(responses));
  }

  /// {@return a meter of a model and its features}
  ///
  /// @param model the model
  /// @param coders folder of its coders, or null
  /// @throws IOException if the coders cannot be read
  static ResponseMeter meter(LoadedModel model, @Nullable Path coders) throws IOException {
    List<SparseCoder> features = coders == null ? List.of() : Coders.read(coders);
    return new ResponseMeter(
        model.transformer(), features, ResponseMeter.leading(model.tokenizer()));
  }

  /// {@return what the components do on texts}
  ///
  /// @param texts the texts
  /// @throws InterruptedException if the thread is interrupted
  Responses read(List<String> texts) throws InterruptedException {
    return meter.measure(encoded(texts, tokenizer), _ -> {});
  }

  /// {@return the direction of a suite}
  ///
  /// @param suite its file
  /// @throws IOException if it cannot be read
  /// @throws InterruptedException if the thread is interrupted
  float[] embed(Path suite) throws IOException, InterruptedException {
    List<CapabilityItem> items = CapabilitySuite.read(suite).items();
    return space.embed(
        read(items.stream().limit(MOST_ITEMS).map(item -> item.prompt() + item.answer()).toList()));
  }

  private static List<int[]> encoded(List<String> texts, Tokenizer tokenizer) {
    return texts.stream().map(tokenizer::encodePrompt).toList();
  }
}
