package ai.hartonomous.platform.deployment;

import ai.hartonomous.distill.route.Router;
import ai.hartonomous.distill.route.Router.Choice;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A deployed agent in memory: one model, or several behind a router. Nothing in it changes; any
/// number of threads may use it.
///
/// @param router decides which expert answers, or null where there is one
/// @param experts the models, in the order of the router's numbers
/// @param manifest SHA-256 of its manifest, hexadecimal, or null where it has none
public record ServedAgent(
    @Nullable Router router, List<LoadedAgent> experts, @Nullable String manifest) {

  /// Copies the list.
  public ServedAgent(
      @Nullable Router router, List<LoadedAgent> experts, @Nullable String manifest) {
    this.router = router;
    this.experts = List.copyOf(experts);
    this.manifest = manifest;
  }

  /// {@return the id of the agent, which all its experts have}
  public UUID id() {
    return experts.getFirst().id();
  }

  /// {@return bytes of the weights in memory}
  public long sizeBytes() {
    return experts.stream().mapToLong(expert -> expert.model().weights().sizeBytes()).sum();
  }

  /// Who answers a question.
  ///
  /// @param agent the model
  /// @param choice how the router decided, or null where there was nothing to decide
  public record Answerer(LoadedAgent agent, @Nullable Choice choice) {}

  /// {@return who answers a question}
  ///
  /// @param question what the user wrote last
  public Answerer answerer(String question) {
    if (router == null) {
      return new Answerer(experts.getFirst(), null);
    }
    Choice choice = router.choose(question);
    return new Answerer(experts.get(choice.expert()), choice);
  }
}
