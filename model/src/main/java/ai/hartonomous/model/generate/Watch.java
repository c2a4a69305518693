package ai.hartonomous.model.generate;

import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one request looks at and changes within the passes of its model.
final class Watch {

  private final Model model;
  private final List<Steering> steering;
  private final @Nullable Contributions contributions;

  /// {@return what a request looks at and changes}
  ///
  /// @param models that continue its text
  /// @throws IllegalArgumentException if a model lacks a component that is to be steered, or
  ///   components of several models are to be looked at or steered: a name would not tell whose
  static Watch of(List<Model> models, GenerationRequest request) {
    boolean looks = request.scores().components() > 0 || !request.steering().isEmpty();
    if (models.size() > 1 && looks) {
      throw new IllegalArgumentException("components of mixed models are not explained or steered");
    }
    return new Watch(models.getFirst(), request);
  }

  private Watch(Model model, GenerationRequest request) {
    this.model = model;
    steering = request.steering();
    steering.forEach(each -> each.check(model.config()));
    int told = request.scores().components();
    contributions = told > 0 ? new Contributions(model, told) : null;
  }

  /// {@return whether keys and values are those that others would have}
  boolean changesNothing() {
    return steering.isEmpty();
  }

  /// {@return what explains the chosen tokens, or null where nobody asked}
  @Nullable Contributions contributions() {
    return contributions;
  }

  /// {@return hooks for a pass in which rows `from` to `to` are this request's}
  Hooks hooks(int from, int to) {
    Hooks hooks = Hooks.NONE;
    for (Steering each : steering) {
      hooks = after(hooks, each.hooks(model.config(), from, to));
    }
    return contributions == null ? hooks : after(hooks, contributions.of(to - 1));
  }

  /// {@return hooks that call both, without a detour where one does nothing}
  @SuppressWarnings("ReferenceEquality") // there is one NONE
  static Hooks after(Hooks first, Hooks second) {
    if (first == Hooks.NONE) {
      return second;
    }
    return second == Hooks.NONE ? first : first.andThen(second);
  }
}
