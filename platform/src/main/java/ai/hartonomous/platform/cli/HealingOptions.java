package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.Recipe;
import ai.hartonomous.distill.Teaching;
import ai.hartonomous.distill.heal.HealingPlan;
import ai.hartonomous.distill.heal.HealingPlan.Stepping;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// How a cut model is healed; what is not said stays as {@link Recipe#USUAL} has it.
final class HealingOptions {

  @Mixin private ObjectiveOptions objective = new ObjectiveOptions();

  @Option(
      names = "--top-tokens",
      paramLabel = "K",
      defaultValue = "0",
      description = "Learns from the source's K likeliest tokens at each place; 0: from all.")
  private int tokens;

  @Option(
      names = "--batches",
      paramLabel = "N",
      defaultValue = "1",
      description = "Batches whose gradients are averaged for one step (default: 1).")
  private int batches;

  @Option(
      names = "--patience",
      paramLabel = "N",
      defaultValue = "0",
      description = "Ends a healing after N validations without a gain; 0: never (default).")
  private int patience;

  @Option(
      names = "--teacher",
      paramLabel = "DIR",
      description = "Another model with the same tokenizer to learn from (default: the source).")
  private @Nullable Path teacher;

  @Option(
      names = "--coders",
      paramLabel = "DIR",
      description = "Sparse coders of the teacher's MLP inputs, for --feature-weight.")
  private @Nullable Path coders;

  @Option(
      names = "--feature-weight",
      paramLabel = "W",
      defaultValue = "0",
      description = "Weight of the squared differences of the coders' features (default: 0).")
  private float featureWeight;

  /// {@return what to learn from}
  Teaching teaching() {
    return new Teaching(teacher, coders);
  }

  /// {@return the usual recipe, healed as the options say}
  ///
  /// @throws IllegalArgumentException if a number is out of range
  Recipe recipe() {
    Recipe usual = Recipe.USUAL;
    return new Recipe(
        usual.shares(),
        usual.aim(),
        usual.importanceItems(),
        usual.prompts(),
        tokens,
        plan(usual.step()),
        plan(usual.polish()));
  }

  private HealingPlan plan(HealingPlan usual) {
    return usual
        .withObjective(objective.objective(featureWeight))
        .withStepping(new Stepping(batches, usual.stepping().maxNorm(), patience));
  }
}
