package ai.hartonomous.distill.importance;

import ai.hartonomous.interpret.circuit.Resampling;
import ai.hartonomous.interpret.circuit.Resampling.Interval;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

/// What replacing each component by its mean does to the loss of each item, in nats; above 0 where
/// the item needs the component. Memory: one `float` for each item and component.
public final class ItemEffects {
  private final String method;
  private final Components components;
  private final float[][] effects;

  /// Keeps the effects.
  ///
  /// @param method how they were found
  /// @param components what they belong to
  /// @param effects `[items, components]`
  ItemEffects(String method, Components components, float[][] effects) {
    this.method = method;
    this.components = components;
    this.effects = effects;
  }

  /// {@return number of items}
  public int items() {
    return effects.length;
  }

  /// {@return what the effects belong to}
  public Components components() {
    return components;
  }

  /// {@return the effect on one item}
  ///
  /// @param item number of the item
  /// @param component number of the component
  public double effect(int item, int component) {
    return effects[item][component];
  }

  /// {@return scores that say how much an item's loss moves, up or down: means of absolute effects}
  public ComponentScores absolute() {
    return scores(method, Math::abs);
  }

  /// {@return scores that say by how much the mean loss rises: means of effects, below 0 where the
  /// model does better without the component}
  public ComponentScores signed() {
    return scores(method + "_signed", x -> x);
  }

  private ComponentScores scores(String name, DoubleUnaryOperator of) {
    int count = components.count();
    int items = effects.length;
    double[] means = new double[count];
    double[] errors = new double[count];
    for (int c = 0; c < count; c++) {
      double sum = 0;
      double squares = 0;
      for (float[] item : effects) {
        double effect = of.applyAsDouble(item[c]);
        sum += effect;
        squares += effect * effect;
      }
      means[c] = sum / items;
      double variance = Math.max(0, squares / items - means[c] * means[c]);
      errors[c] = items > 1 ? Math.sqrt(variance / (items - 1)) : 0;
    }
    return components.scores(name, items, means, errors);
  }

  /// {@return the mean absolute effect of a component, with the interval that holds 95 % of it over
  /// draws of items with replacement}
  ///
  /// @param component its number
  /// @param draws number of draws
  /// @param seed decides them
  public Interval bootstrap(int component, int draws, long seed) {
    return Resampling.bootstrap(
        effects.length,
        draws,
        seed,
        drawn -> {
          double sum = 0;
          for (int item : drawn) {
            sum += Math.abs(effects[item][component]);
          }
          return sum / drawn.length;
        });
  }

  /// How often each component is among the best of its kind, heads or neurons, over draws of items
  /// with replacement: near 1 or 0 where the data decide, between where luck does.
  ///
  /// @param share share of each kind that counts as best
  /// @param draws number of draws
  /// @param seed decides them
  /// @return from 0 to 1 for each component
  public double[] stability(double share, int draws, long seed) {
    var random = new SplittableRandom(seed);
    double[] often = new double[components.count()];
    for (int d = 0; d < draws; d++) {
      double[] sums = new double[often.length];
      for (int drawn : random.ints(effects.length, 0, effects.length).toArray()) {
        for (int c = 0; c < sums.length; c++) {
          sums[c] += Math.abs(effects[drawn][c]);
        }
      }
      for (boolean heads : new boolean[] {true, false}) {
        for (int c : Replication.best(components, sums, heads, share)) {
          often[c] += 1.0 / draws;
        }
      }
    }
    return often;
  }
}
