package ai.hartonomous.platform.deployment;

import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;

/// Where the weights of a model are.
public sealed interface ModelPlace {

  /// {@return what the model computes}
  ModelConfig config();

  /// {@return bytes of its weights in the memory of this process}
  long sizeBytes();

  /// In the memory of this process.
  ///
  /// @param model the model
  record Here(Model model) implements ModelPlace {

    @Override
    public ModelConfig config() {
      return model.config();
    }

    @Override
    public long sizeBytes() {
      return model.weights().sizeBytes();
    }
  }

  /// In a process of its own.
  ///
  /// @param config what the model computes
  /// @param expert its number among the models of the agent
  /// @param worker the process
  record Elsewhere(ModelConfig config, int expert, Worker worker) implements ModelPlace {

    @Override
    public long sizeBytes() {
      return 0;
    }
  }
}
