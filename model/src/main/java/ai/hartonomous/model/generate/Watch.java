package ai.hartonomous.model.generate;

import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.tensor.Kernels;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one request looks at and changes within the passes of its models.
final class Watch {

  private final List<Model> models;
  private final List<Steering> steering;
  private final @Nullable Contributions contributions;

  /// Prepares.
  ///
  /// @param voice continues the text
  /// @param request what to generate
  /// @param kernels computes features, on the thread of the passes
  /// @throws IllegalArgumentException if a model lacks what is to be steered, or does not fit the
  ///   transcoders
  Watch(Voice voice, GenerationRequest request, Kernels kernels) {
    models = voice.models();
    steering = request.steering();
    steering.forEach(each -> SteeringHooks.check(each, models));
    contributions =
        request.scores().components() > 0 ? new Contributions(voice, request, kernels) : null;
  }

  /// {@return whether keys and values are those that others would have}
  boolean changesNothing() {
    return steering.isEmpty();
  }

  /// {@return what explains the chosen tokens, or null where nobody asked}
  @Nullable Contributions contributions() {
    return contributions;
  }

  /// {@return hooks of each model for a pass in which rows `from` to `to` are this request's}
  List<Hooks> hooks(int from, int to) {
    List<Hooks> all = new ArrayList<>();
    for (int k = 0; k < models.size(); k++) {
      Hooks hooks = contributions == null ? Hooks.NONE : contributions.of(k, to - 1);
      for (Steering each : steering.reversed()) {
        if (each.model() == k) {
          hooks = after(SteeringHooks.of(each, models.get(k).config(), from, to), hooks);
        }
      }
      if (contributions != null) { // before anything is added to it
        hooks = after(contributions.outputs(k, to - 1), hooks);
      }
      all.add(hooks);
    }
    return all;
  }

  /// {@return hooks of each model that call both}
  static List<Hooks> after(List<Hooks> first, List<Hooks> second) {
    List<Hooks> both = new ArrayList<>();
    for (int k = 0; k < first.size(); k++) {
      both.add(after(first.get(k), second.get(k)));
    }
    return both;
  }

  /// {@return hooks that call both, without a detour where one does nothing}
  @SuppressWarnings("ReferenceEquality") // there is one NONE
  private static Hooks after(Hooks first, Hooks second) {
    if (first == Hooks.NONE) {
      return second;
    }
    return second == Hooks.NONE ? first : first.andThen(second);
  }
}
