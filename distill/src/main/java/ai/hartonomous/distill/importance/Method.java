package ai.hartonomous.distill.importance;

import java.util.Locale;
import java.util.stream.IntStream;

/// The ways to rank components that can be compared with each other.
public enum Method implements Importance {
  /// Drawn by lot.
  RANDOM,
  /// Sizes of weights, {@link BaselineImportance#magnitude}.
  MAGNITUDE,
  /// Sizes of activations, {@link ActivationImportance#minitron}.
  ACTIVATION,
  /// Sizes of both, {@link ActivationImportance#wanda}.
  WANDA,
  /// {@link TaylorImportance} of first order.
  TAYLOR,
  /// {@link TaylorImportance} of second order.
  TAYLOR_SECOND,
  /// {@link GradientImportance}.
  GRADIENT,
  /// {@link IntegratedImportance} with {@link #STEPS} steps.
  INTEGRATED,
  /// {@link AblationImportance} of every component; one forward pass for each.
  ABLATION;

  /// Points on the way of integrated gradients, as many as Hanna et al. use.
  public static final int STEPS = 5;

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public boolean usesData() {
    return this != RANDOM && this != MAGNITUDE;
  }

  @Override
  public ComponentScores measure(Subject s) throws InterruptedException {
    return switch (this) {
      case RANDOM -> BaselineImportance.random(s.transformer().config(), s.seed());
      case MAGNITUDE -> BaselineImportance.magnitude(s.transformer().model());
      case ACTIVATION -> new ActivationImportance(s.transformer()).minitron(s.examples());
      case WANDA -> new ActivationImportance(s.transformer()).wanda(s.examples());
      case TAYLOR -> taylor(s, TaylorImportance.Order.FIRST);
      case TAYLOR_SECOND -> taylor(s, TaylorImportance.Order.SECOND);
      case GRADIENT -> new GradientImportance(s.transformer()).measure(s.examples(), s.means());
      case INTEGRATED ->
          new IntegratedImportance(s.transformer(), STEPS)
              .effects(s.examples(), s.means())
              .absolute();
      case ABLATION -> {
        int count = new Components(s.transformer().config()).count();
        int[] all = IntStream.range(0, count).toArray();
        yield new AblationImportance(s.transformer())
            .effects(s.examples(), s.means(), all)
            .absolute();
      }
    };
  }

  private static ComponentScores taylor(Subject s, TaylorImportance.Order order)
      throws InterruptedException {
    return new TaylorImportance(s.transformer()).measure(s.examples(), order);
  }
}
