package ai.hartonomous.distill.compose;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How the experts of an agent answer, and what decided that.
///
/// @param asked what the request asked for
/// @param used how they answer: {@link Combining#ROUTE} or {@link Combining#MIX}
/// @param obstacle why they could not be mixed, where the request left the choice open, or null
/// @param trial what both ways answer of the validation items, where both were tried
public record Combination(
    Combining asked, Combining used, @Nullable String obstacle, List<Trial> trial) {

  /// Copies the list.
  public Combination(
      Combining asked, Combining used, @Nullable String obstacle, List<Trial> trial) {
    this.asked = asked;
    this.used = used;
    this.obstacle = obstacle;
    this.trial = List.copyOf(trial);
  }

  /// What was asked for and is done.
  static Combination of(Combining asked) {
    return new Combination(asked, asked, null, List.of());
  }

  /// Both ways on the validation items of a capability.
  ///
  /// @param capability its name
  /// @param route how many are right when the router chooses the expert
  /// @param mix how many are right when the experts are mixed
  public record Trial(String capability, Count route, Count mix) {}

  /// {@return how many validation items of all capabilities are right}
  ///
  /// @param way which of both
  Count total(Function<Trial, Count> way) {
    return new Count(
        trial.stream().mapToInt(it -> way.apply(it).items()).sum(),
        trial.stream().mapToInt(it -> way.apply(it).right()).sum());
  }
}
