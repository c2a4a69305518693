package ai.hartonomous.platform.registry;

import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.checkpoint.StoredTensor;
import ai.hartonomous.model.tokenizer.Tokenizers;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.platform.store.Folders;
import ai.hartonomous.platform.store.Folders.Binary;
import ai.hartonomous.platform.web.Problem;
import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Takes checkpoints in: all of one, or nothing.
@Service
class Imports {

  private static final int FLUSH_EVERY = 2_000;
  private static final String MODEL_TYPE = "transformer"; // the engine runs no other

  private final EntityManager entities;
  private final Folders folders;
  private final JsonMapper json;

  Imports(EntityManager entities, Folders folders, JsonMapper json) {
    this.entities = entities;
    this.folders = folders;
    this.json = json;
  }

  /// {@return the registered model}
  ///
  /// @param name what its owner calls it
  /// @param source where it comes from
  /// @throws IOException if the source ends early, is not a checkpoint, or the disk refuses
  ModelView register(String name, ImportSource source) throws IOException {
    Path incoming = folders.create();
    try {
      Path opened = source.writeTo(incoming);
      Path root = Files.isDirectory(opened) ? opened : opened.resolveSibling("");
      try (Checkpoint checkpoint = Checkpoints.open(opened)) {
        checkVocabulary(checkpoint);
        ModelCard card = ModelCard.read(root);
        StatedFacts facts = StatedFacts.read(root, checkpoint, card);
        ModelRow row = describe(checkpoint);
        row.name = name;
        row.entry = root.relativize(opened).toString();
        row.framework = facts.framework();
        row.licence = card.licence().orElse(null);
        return keep(row, document(row, facts), checkpoint.config(), root);
      }
    } catch (NoSuchFileException e) {
      String file = String.valueOf(Path.of(e.getFile()).getFileName());
      throw Problem.unprocessable("checkpoint", "The checkpoint has no %s.".formatted(file));
    } finally {
      Folders.delete(incoming);
    }
  }

  private ModelRow describe(Checkpoint checkpoint) throws IOException {
    ModelConfig config = checkpoint.config();
    ModelRow row = new ModelRow();
    row.format = checkpoint.format();
    row.family = config.family();
    row.modelType = MODEL_TYPE;
    row.dtype = checkpoint.dtype();
    row.architecture = json.writeValueAsString(Architecture.of(config));
    row.layers = config.layers().size();
    row.components = config.components();
    row.parameters =
        checkpoint.tensors().values().stream()
            .filter(tensor -> tensor.dtype() != null)
            .mapToLong(StoredTensor::elements)
            .sum();
    row.contentHash = checkpoint.contentHash();
    return row;
  }

  /// Refuses a tokenizer that knows tokens which the model does not. A checkpoint without one may
  /// come in; it cannot be distilled or deployed.
  private static void checkVocabulary(Checkpoint checkpoint) throws IOException {
    Path source = checkpoint.tokenizerSource();
    if (!Files.isDirectory(source)) {
      return;
    }
    int known;
    try {
      known = Tokenizers.open(source).vocabularySize();
    } catch (NoSuchFileException _) {
      return;
    }
    int vocabulary = checkpoint.config().extents().vocabulary();
    if (known > vocabulary) {
      throw Problem.unprocessable(
          "vocabulary", "The tokenizer has %d tokens, the model %d.".formatted(known, vocabulary));
    }
  }

  private MetadataRow document(ModelRow model, StatedFacts facts) {
    ObjectNode architecture = json.createObjectNode();
    architecture.put("model_type", model.modelType);
    architecture.put("family", model.family);
    architecture.put("layers", model.layers);
    architecture.setAll((ObjectNode) json.readTree(model.architecture));
    MetadataRow row = new MetadataRow();
    row.modelId = model.getId();
    row.architecture = architecture.toString();
    row.hyperparameters = text(facts.hyperparameters());
    row.trainingConfig = text(facts.trainingConfig());
    row.trainingMetrics = text(facts.trainingMetrics());
    row.config = text(facts.config());
    row.generationConfig = text(facts.generationConfig());
    row.card = text(facts.card());
    return row;
  }

  private static @Nullable String text(@Nullable ObjectNode document) {
    return document == null ? null : document.toString();
  }

  private ModelView keep(ModelRow row, MetadataRow document, ModelConfig config, Path root)
      throws IOException {
    folders.keep(
        row.getId(),
        root,
        binaries -> {
          row.sizeBytes = binaries.stream().mapToLong(Binary::sizeBytes).sum();
          persist(row, document, config);
        });
    return ModelView.of(row);
  }

  private void persist(ModelRow row, MetadataRow document, ModelConfig config) {
    entities.persist(row);
    entities.flush();
    entities.persist(document);
    int ordinal = 0;
    for (int l = 0; l < config.layers().size(); l++) {
      LayerConfig layer = config.layers().get(l);
      entities.persist(new LayerRow(row.getId(), l, layer));
      ordinal = components(row.getId(), ordinal, l, ComponentType.HEAD, layer.heads());
      ordinal = components(row.getId(), ordinal, l, ComponentType.NEURON, layer.neurons());
    }
  }

  private int components(UUID model, int ordinal, int layer, ComponentType type, int count) {
    for (int number = 0; number < count; number++) {
      entities.persist(new ComponentRow(model, ordinal + number, layer, type, number));
      if ((ordinal + number) % FLUSH_EVERY == FLUSH_EVERY - 1) {
        entities.flush();
        entities.clear();
      }
    }
    return ordinal + count;
  }
}
