package ai.hartonomous.model.generate;

import ai.hartonomous.model.generate.Explanation.Coded;
import ai.hartonomous.model.generate.Explanation.Contribution;
import ai.hartonomous.model.generate.Explanation.Kind;
import ai.hartonomous.model.generate.Explanation.Rest;
import ai.hartonomous.model.generate.Steering.Added;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.tensor.Kernels;
import java.util.ArrayList;
import java.util.List;

/// What the components of all models that write a text add to the logits of its tokens; see {@link
/// Explanation}.
final class Contributions {

  private final List<Attribution> models = new ArrayList<>();
  private final double[] weights;
  private final int most;

  /// Prepares.
  ///
  /// @param voice the models and their weights
  /// @param request what is told of them, and what is changed within
  /// @param kernels computes features
  /// @throws IllegalArgumentException if a model has no layers, or does not fit the transcoders
  Contributions(Voice voice, GenerationRequest request, Kernels kernels) {
    List<Transcoder> transcoders = request.scores().transcoders();
    most = request.scores().components();
    weights = voice.weights();
    if (!transcoders.isEmpty() && weights.length > 1) {
      throw new IllegalArgumentException(
          "transcoders are of one model, %d are mixed".formatted(weights.length));
    }
    for (int k = 0; k < weights.length; k++) {
      Model model = voice.models().get(k);
      var coded = new CodedLayers(model.config(), transcoders, kernels);
      models.add(new Attribution(model, k, weights[k], added(request.steering(), k), coded));
    }
  }

  private static List<Added> added(List<Steering> steering, int model) {
    return steering.stream()
        .filter(it -> it.model() == model)
        .filter(Added.class::isInstance)
        .map(Added.class::cast)
        .toList();
  }

  /// {@return hooks that keep what MLPs of a model write for one of the rows of a pass, before
  /// anything is added to it}
  ///
  /// @param model number of the model
  /// @param row number of the row among all tokens of the pass
  Hooks outputs(int model, int row) {
    return models.get(model).outputs(row);
  }

  /// {@return hooks that keep what a pass of a model computes for one of its rows}
  ///
  /// @param model number of the model
  /// @param row number of the row among all tokens of the pass
  Hooks of(int model, int row) {
    return models.get(model).of(row);
  }

  /// {@return what made the logit of a token}
  ///
  /// @param id the token
  /// @param logit of the models for it
  Explanation explain(int id, double logit) {
    var strongest = new Strongest(most);
    var all = new Rest(0, 0, 0, 0, 0, null);
    for (int k = 0; k < weights.length; k++) {
      if (weights[k] > 0) { // as a model without weight is left out of the logit
        all = all.plus(models.get(k).collect(id, strongest));
      }
    }
    List<Contribution> told = strongest.sorted();
    var named =
        new Rest(
            -sum(told, Kind.HEAD),
            -sum(told, Kind.NEURON),
            0,
            0,
            0,
            all.coded() == null ? null : new Coded(-sum(told, Kind.FEATURE), 0, 0));
    Rest rest = all.plus(named);
    return new Explanation(id, logit, told, rest);
  }

  private static double sum(List<Contribution> contributions, Kind kind) {
    return contributions.stream()
        .filter(it -> it.component().kind() == kind)
        .mapToDouble(Contribution::logit)
        .sum();
  }
}
