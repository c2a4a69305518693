package ai.hartonomous.platform.inference;

import ai.hartonomous.model.generate.Explanation.Component;
import ai.hartonomous.model.generate.Explanation.Kind;
import ai.hartonomous.model.generate.Steering;
import ai.hartonomous.platform.deployment.Mix;
import ai.hartonomous.platform.deployment.ServedAgent.Answerer;
import ai.hartonomous.platform.inference.Features.Feature;
import ai.hartonomous.platform.inference.Features.Transcoders;
import ai.hartonomous.platform.web.Problem;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a request may ask for beyond OpenAI's interface: its object `hartonomous`.
///
/// @param explain how many of the strongest components are told with each token of the answer
/// @param transcodersId tell features among them, in the place of neurons
/// @param steer components and features that write more or less than they would
@JsonIgnoreProperties(ignoreUnknown = true)
record Extension(
    @Nullable Integer explain, @Nullable UUID transcodersId, @Nullable List<Steer> steer) {

  /// Nothing.
  static final Extension NONE = new Extension(null, null, null);

  private static final int MOST_COMPONENTS = 100;
  private static final int MOST_STEERED = 16;
  private static final double MOST_ADDED = 1e6;
  private static final Pattern COMPONENT =
      Pattern.compile("layers\\.(\\d{1,4})\\.(heads|neurons|features)\\.(\\d{1,7})");

  /// A component or feature that is steered.
  ///
  /// @param expert whose it is, where experts are mixed; else null
  /// @param component such as `layers.3.neurons.17` or `layers.3.features.17`
  /// @param factor multiplies what a component writes, -100 to 100
  /// @param transcodersId those that the feature is of
  /// @param add what is added to the feature's activation, -1,000,000 to 1,000,000
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Steer(
      @Nullable String expert,
      @Nullable String component,
      @Nullable Double factor,
      @Nullable UUID transcodersId,
      @Nullable Double add) {

    private Steering steering(String place, Answerer answerer, Features features)
        throws IOException {
      Matcher match = COMPONENT.matcher(Objects.requireNonNullElse(component, ""));
      if (!match.matches()) {
        throw Problem.invalid(
            place + ".component",
            "must be such as layers.3.heads.0, layers.3.neurons.17 or layers.3.features.17");
      }
      int model = model(place, answerer.mix());
      int layer = Integer.parseInt(match.group(1));
      int index = Integer.parseInt(match.group(3));
      if (match.group(2).equals("features")) {
        var feature = new Feature(transcoders(place), layer, index);
        double amount = added(place);
        float[] direction = features.direction(answerer.agent().id(), feature);
        return new Steering.Added(model, layer, product(place, amount, direction));
      }
      Kind kind = match.group(2).equals("heads") ? Kind.HEAD : Kind.NEURON;
      return new Steering.Scaled(new Component(model, kind, layer, index), factor(place));
    }

    private double factor(String place) {
      if (factor == null || !(Math.abs(factor) <= MOST_COMPONENTS)) {
        throw Problem.invalid(place + ".factor", "must be -100 to 100");
      }
      if (add != null || transcodersId != null) {
        throw Problem.invalid(
            place + (add == null ? ".transcodersId" : ".add"), "is for features only");
      }
      return factor;
    }

    private UUID transcoders(String place) {
      if (transcodersId == null) {
        throw Problem.invalid(place + ".transcodersId", "must say which the feature is of");
      }
      return transcodersId;
    }

    private double added(String place) {
      if (add == null || !(Math.abs(add) <= MOST_ADDED)) {
        throw Problem.invalid(place + ".add", "must be -1000000 to 1000000");
      }
      if (factor != null) {
        throw Problem.invalid(place + ".factor", "is for heads and neurons only");
      }
      return add;
    }

    private static float[] product(String place, double amount, float[] direction) {
      float[] product = new float[direction.length];
      for (int i = 0; i < product.length; i++) {
        product[i] = (float) (amount * direction[i]);
        if (!(Math.abs(product[i]) <= Steering.Added.MOST)) {
          throw Problem.invalid(place + ".add", "is too much for this feature");
        }
      }
      return product;
    }

    private int model(String place, @Nullable Mix mix) {
      List<String> experts = mix == null ? List.of() : mix.names();
      int model = expert == null ? -1 : experts.indexOf(expert);
      if (experts.isEmpty() && expert != null) {
        throw Problem.invalid(place + ".expert", "is for agents whose experts are mixed");
      }
      if (!experts.isEmpty() && model < 0) {
        throw Problem.invalid(place + ".expert", "must be one of " + String.join(", ", experts));
      }
      return Math.max(0, model);
    }

    private String text() {
      String whose = expert == null ? "" : expert + ":";
      return transcodersId == null
          ? "%s%s*%s".formatted(whose, component, factor)
          : "%s%s+%s@%s".formatted(whose, component, add, transcodersId);
    }
  }

  /// {@return components told with each token; 0 for none}
  int components() {
    int components = Objects.requireNonNullElse(explain, 0);
    if (components < 0 || components > MOST_COMPONENTS) {
      throw Problem.invalid("hartonomous.explain", "must be 0 to %d".formatted(MOST_COMPONENTS));
    }
    return components;
  }

  /// What happens within the models while they answer.
  ///
  /// @param steering what is steered
  /// @param transcoders tell features, or null
  record Within(List<Steering> steering, @Nullable Transcoders transcoders) {

    /// Copies the list.
    Within(List<Steering> steering, @Nullable Transcoders transcoders) {
      this.steering = List.copyOf(steering);
      this.transcoders = transcoders;
    }
  }

  /// {@return what is steered, and what tells features}
  ///
  /// @param answerer who is steered and explained
  /// @param features finds what features write, and transcoders
  /// @throws ai.hartonomous.platform.web.ProblemException if it is not said as it must be, or there
  ///   is no such feature, or there are no such transcoders
  /// @throws IOException if transcoders cannot be read
  Within within(Answerer answerer, Features features) throws IOException {
    Transcoders told = null;
    if (transcodersId != null) {
      if (components() == 0) {
        throw Problem.invalid("hartonomous.transcodersId", "is for explain of 1 and more");
      }
      told = features.transcoders(answerer.agent().id(), transcodersId);
    }
    return new Within(steering(answerer, features), told);
  }

  private List<Steering> steering(Answerer answerer, Features features) throws IOException {
    List<Steer> wanted = steer == null ? List.of() : steer;
    if (wanted.size() > MOST_STEERED) {
      throw Problem.invalid(
          "hartonomous.steer", "must be at most %d components".formatted(MOST_STEERED));
    }
    List<Steering> all = new ArrayList<>();
    for (Steer each : wanted) {
      String place = "hartonomous.steer[%d]".formatted(all.size());
      all.add(each.steering(place, answerer, features));
    }
    return all;
  }

  /// {@return components with factors and features with what is added, each as the audit log has
  /// it, once they were checked}
  List<String> steered() {
    return steer == null ? List.of() : steer.stream().map(Steer::text).toList();
  }
}
