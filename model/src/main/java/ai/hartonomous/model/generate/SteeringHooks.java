package ai.hartonomous.model.generate;

import ai.hartonomous.model.generate.Explanation.Component;
import ai.hartonomous.model.generate.Explanation.Kind;
import ai.hartonomous.model.generate.Steering.Added;
import ai.hartonomous.model.generate.Steering.Scaled;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.tensor.Matrix;
import java.util.List;

/// Carries out what {@link Steering} says.
final class SteeringHooks {

  private SteeringHooks() {}

  /// @throws IllegalArgumentException if the models have nothing of the kind
  static void check(Steering steering, List<Model> models) {
    if (steering.model() < 0 || steering.model() >= models.size()) {
      throw new IllegalArgumentException("no model %d is mixed".formatted(steering.model()));
    }
    ModelConfig config = models.get(steering.model()).config();
    switch (steering) {
      case Scaled(Component component, double _) -> check(component, config);
      case Added(int _, int layer, float[] vector) -> check(layer, vector, config);
    }
  }

  private static void check(Component component, ModelConfig config) {
    List<LayerConfig> layers = config.layers();
    boolean known =
        component.layer() >= 0 && component.layer() < layers.size() && component.index() >= 0;
    if (known) {
      LayerConfig layer = layers.get(component.layer());
      known =
          component.index()
              < switch (component.kind()) {
                case HEAD -> layer.heads();
                case NEURON -> layer.neurons();
                case FEATURE -> 0; // is none of the model
              };
    }
    if (!known) {
      throw new IllegalArgumentException("the model has no " + component.path());
    }
  }

  private static void check(int layer, float[] vector, ModelConfig config) {
    List<LayerConfig> layers = config.layers();
    if (layer < 0 || layer >= layers.size() || layers.get(layer).neurons() == 0) {
      throw new IllegalArgumentException("the model has no MLP in layer " + layer);
    }
    if (vector.length != config.width()) {
      throw new IllegalArgumentException(
          "%d numbers are added in layer %d, the model is %d wide"
              .formatted(vector.length, layer, config.width()));
    }
  }

  /// {@return hooks that change rows `from` to `to` of a pass}
  static Hooks of(Steering steering, ModelConfig config, int from, int to) {
    return switch (steering) {
      case Scaled scaled -> scale(scaled, config, from, to);
      case Added added -> add(added, from, to);
    };
  }

  private static Hooks scale(Scaled steering, ModelConfig config, int from, int to) {
    Component component = steering.component();
    Site site =
        switch (component.kind()) {
          case HEAD -> Site.HEAD_OUTPUT;
          case NEURON -> Site.NEURONS;
          case FEATURE -> throw new IllegalArgumentException("a feature has no site of its own");
        };
    int width = component.kind() == Kind.HEAD ? config.extents().headWidth() : 1;
    float factor = (float) steering.factor();
    return (point, values) -> {
      if (point.site() == site && point.layer() == component.layer()) {
        for (int row = from; row < to; row++) {
          scale(values, values.rowOffset(row) + component.index() * width, width, factor);
        }
      }
    };
  }

  private static void scale(Matrix values, int at, int width, float factor) {
    for (int k = at; k < at + width; k++) {
      values.data()[k] *= factor;
    }
  }

  private static Hooks add(Added steering, int from, int to) {
    float[] vector = steering.vector();
    return (point, values) -> {
      if (point.site() == Site.MLP_OUTPUT && point.layer() == steering.layer()) {
        for (int row = from; row < to; row++) {
          add(values, values.rowOffset(row), vector);
        }
      }
    };
  }

  private static void add(Matrix values, int at, float[] vector) {
    for (int k = 0; k < vector.length; k++) {
      values.data()[at + k] += vector[k];
    }
  }
}
