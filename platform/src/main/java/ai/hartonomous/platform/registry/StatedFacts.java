package ai.hartonomous.platform.registry;

import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What a checkpoint states about itself and its training, taken over and never guessed: what it
/// does not state is null.
///
/// @param framework what wrote the weights: `pytorch`, `tensorflow`, `flax`, `mlx`, `ggml`, `onnx`
/// @param hyperparameters the model card's "Training hyperparameters", and the rates and small
///   constants of `config.json`
/// @param trainingConfig data, base model and language from the model card, and the settings in
///   `trainer_state.json`
/// @param trainingMetrics steps, losses and scores in `trainer_state.json`, `all_results.json` and
///   the model card's `model-index`
/// @param config `config.json`
/// @param generationConfig `generation_config.json`
/// @param card the model card's YAML
record StatedFacts(
    @Nullable String framework,
    @Nullable ObjectNode hyperparameters,
    @Nullable ObjectNode trainingConfig,
    @Nullable ObjectNode trainingMetrics,
    @Nullable ObjectNode config,
    @Nullable ObjectNode generationConfig,
    @Nullable ObjectNode card) {

  private static final Map<String, String> FRAMEWORKS =
      Map.of("pt", "pytorch", "tf", "tensorflow", "flax", "flax", "mlx", "mlx");
  private static final Pattern HYPERPARAMETER =
      Pattern.compile(".*(?:dropout|pdrop|_eps|epsilon|initializer_range|learning_rate).*");
  private static final List<String> CARD_CONFIG =
      List.of("datasets", "base_model", "language", "library_name", "pipeline_tag", "tags");
  private static final List<String> STATE_CONFIG =
      List.of(
          "max_steps",
          "num_train_epochs",
          "train_batch_size",
          "logging_steps",
          "eval_steps",
          "save_steps");
  private static final List<String> STATE_METRICS =
      List.of("global_step", "epoch", "total_flos", "best_metric", "num_input_tokens_seen");

  /// {@return what a checkpoint states}
  ///
  /// @param root the folder with its files
  /// @param checkpoint the open checkpoint
  /// @param card its model card
  /// @throws IOException if the disk refuses
  static StatedFacts read(Path root, Checkpoint checkpoint, ModelCard card) throws IOException {
    ObjectNode config = SideFile.json(root.resolve("config.json")).orElse(null);
    Optional<ObjectNode> state = SideFile.json(root.resolve("trainer_state.json"));
    ObjectNode hyperparameters = object();
    if (config != null) {
      config.properties().stream()
          .filter(it -> it.getValue().isValueNode() && !it.getValue().isNull())
          .filter(it -> HYPERPARAMETER.matcher(it.getKey()).matches())
          .forEach(it -> hyperparameters.set(it.getKey(), it.getValue()));
    }
    hyperparameters.setAll(card.hyperparameters());
    ObjectNode training = object();
    copy(card.front(), CARD_CONFIG, training);
    state.ifPresent(it -> copy(it, STATE_CONFIG, training));
    return new StatedFacts(
        framework(checkpoint),
        stated(hyperparameters),
        stated(training),
        stated(metrics(root, card, state)),
        config,
        SideFile.json(root.resolve("generation_config.json")).orElse(null),
        stated(card.front()));
  }

  private static @Nullable String framework(Checkpoint checkpoint) throws IOException {
    return switch (checkpoint.format()) {
      case "gguf" -> "ggml";
      case "huggingface" -> framework(checkpoint.files());
      default -> null;
    };
  }

  private static @Nullable String framework(List<Path> files) throws IOException {
    for (Path file : files) {
      if (file.toString().endsWith(".safetensors")) {
        try (SafetensorsFile weights = SafetensorsFile.open(file)) {
          return FRAMEWORKS.get(weights.metadata().getOrDefault("format", ""));
        }
      }
    }
    return null;
  }

  private static ObjectNode metrics(Path root, ModelCard card, Optional<ObjectNode> state)
      throws IOException {
    ObjectNode metrics = object();
    state.ifPresent(
        it -> {
          copy(it, STATE_METRICS, metrics);
          for (JsonNode entry : it.path("log_history")) { // later entries win
            entry.properties().stream()
                .filter(figure -> figure.getKey().matches("(?:eval_|train_).*|loss"))
                .filter(figure -> figure.getValue().isNumber())
                .forEach(figure -> metrics.set(figure.getKey(), figure.getValue()));
          }
        });
    SideFile.json(root.resolve("all_results.json")).ifPresent(metrics::setAll);
    JsonNode index = card.front().path("model-index");
    if (index.isArray()) {
      metrics.set("model_index", index);
    }
    return metrics;
  }

  private static void copy(ObjectNode from, List<String> names, ObjectNode to) {
    for (String name : names) {
      JsonNode value = from.path(name);
      if (!value.isMissingNode() && !value.isNull()) {
        to.set(name, value);
      }
    }
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static @Nullable ObjectNode stated(ObjectNode node) {
    return node.isEmpty() ? null : node;
  }
}
