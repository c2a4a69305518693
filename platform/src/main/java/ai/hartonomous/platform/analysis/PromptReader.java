package ai.hartonomous.platform.analysis;

import ai.hartonomous.interpret.probe.Component;
import ai.hartonomous.interpret.probe.ProbeSpace;
import ai.hartonomous.interpret.probe.ProbeStore;
import ai.hartonomous.interpret.probe.Responses;
import ai.hartonomous.platform.registry.Models;
import ai.hartonomous.platform.registry.Models.RegisteredModel;
import ai.hartonomous.platform.store.Folders;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import ai.hartonomous.tensor.Kernels;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/// Lets models read prompts, to tell which of their components respond. It needs what an analysis
/// of kind embeddings or capabilities measured. Reads one prompt at a time, and keeps the models it
/// used last in memory.
@Service
public class PromptReader {

  private static final int LOADED = 2;
  private static final int PATIENCE_SECONDS = 20;
  private static final List<AnalysisKind> MEASURED =
      List.of(AnalysisKind.EMBEDDINGS, AnalysisKind.CAPABILITIES);

  private final AnalysisRows rows;
  private final StoredCoders coders;
  private final Models models;
  private final Folders folders;
  private final JsonMapper json;
  private final ReentrantLock lock = new ReentrantLock(true);

  /// Models by their analysis, least recently used first. Guarded by the lock.
  private final Map<UUID, Probing> loaded = new LinkedHashMap<>(8, 0.75f, true);

  private @Nullable Kernels kernels;

  PromptReader(
      AnalysisRows rows, StoredCoders coders, Models models, Folders folders, JsonMapper json) {
    this.rows = rows;
    this.coders = coders;
    this.models = models;
    this.folders = folders;
    this.json = json;
  }

  /// What a model did on a prompt.
  ///
  /// @param embedding the prompt in the probe space, as this model sees it
  /// @param responders all components
  public record Reading(float[] embedding, List<Responder> responders) {}

  /// What a component did on a prompt.
  ///
  /// @param modelId the model
  /// @param path the component, such as `layers.3.heads.5`
  /// @param kind what it is
  /// @param layer from 0
  /// @param response mean over the prompt's tokens: of a head the norm of what it adds to the
  ///   residual stream, of a neuron the size of its activation, of a feature its activation
  /// @param deviations how far that lies above its mean over the probe texts, in deviations, at
  ///   most five either way
  public record Responder(
      UUID modelId,
      String path,
      Component.Kind kind,
      int layer,
      float response,
      double deviations) {}

  /// {@return what a model does on a prompt}
  ///
  /// @param modelId a model of the user
  /// @param prompt the prompt; cut where the model's positions end
  /// @throws IOException if a file is not as hoped
  /// @throws InterruptedException if the thread is interrupted
  /// @throws ProblemException if there is no such model, it was not measured, it cannot read the
  ///   prompt, or too many prompts wait
  public Reading read(UUID modelId, String prompt) throws IOException, InterruptedException {
    RegisteredModel model = models.require(modelId);
    AnalysisRow row =
        rows.findFirstByModelIdAndKindInOrderByIdDesc(modelId, MEASURED)
            .orElseThrow(
                () ->
                    Problem.unprocessable(
                        "not-embedded",
                        "The model has no embeddings; ask for them at /v1/models/%s/embeddings."
                            .formatted(modelId)));
    if (!lock.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new ProblemException(
          Problem.of(429, "too-many-requests", "Too many prompts wait to be read."));
    }
    try {
      Probing probing = probing(model, row);
      Responses responses = probing.read(List.of(prompt));
      return new Reading(probing.space().embed(responses), responders(modelId, probing, responses));
    } catch (IllegalArgumentException e) { // so the engine refuses a prompt without tokens
      throw Problem.unprocessable("text", String.valueOf(e.getMessage()));
    } finally {
      lock.unlock();
    }
  }

  private Probing probing(RegisteredModel model, AnalysisRow row) throws IOException {
    Probing known = loaded.get(row.getId());
    if (known != null) {
      return known;
    }
    while (loaded.size() >= LOADED) { // before the next is read, so that no more are in memory
      loaded.remove(loaded.keySet().iterator().next());
    }
    ProbeStore store = ProbeStore.read(folders.of(row.getId()));
    String transcoders = json.readTree(row.request).path("transcodersId").asString("");
    Path features =
        transcoders.isEmpty() ? null : coders.require(model.id(), UUID.fromString(transcoders));
    Kernels computing = kernels;
    if (computing == null) {
      computing = Kernels.of(Runtime.getRuntime().availableProcessors());
      kernels = computing;
    }
    LoadedModel read = LoadedModel.of(model, computing);
    var probing =
        new Probing(
            Probing.meter(read, features), read.tokenizer(), new ProbeSpace(store.responses()));
    loaded.put(row.getId(), probing);
    return probing;
  }

  private static List<Responder> responders(UUID modelId, Probing probing, Responses responses) {
    List<Responder> responders = new ArrayList<>();
    for (int c = 0; c < responses.components().size(); c++) {
      Component component = responses.components().get(c);
      float response = responses.values()[c][0];
      responders.add(
          new Responder(
              modelId,
              component.path(),
              component.kind(),
              Embedder.layer(component.path()),
              response,
              probing.space().standardised(c, response)));
    }
    return responders;
  }

  @PreDestroy
  void close() {
    lock.lock();
    try {
      loaded.clear();
      if (kernels != null) {
        kernels.close();
        kernels = null;
      }
    } finally {
      lock.unlock();
    }
  }
}
