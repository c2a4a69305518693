package ai.hartonomous.distill.compare;

import ai.hartonomous.distill.importance.Example;
import java.util.List;

/// A capability of a model in parts that share no item.
///
/// @param name what is asked for
/// @param calibration to measure importance and learn from
/// @param validation to compare choices and to stop healing with
/// @param test for the figures, and for nothing else
/// @param excluded prompts that healing must not invent: those of all items
public record Task(
    String name,
    List<Example> calibration,
    List<Example> validation,
    List<Example> test,
    List<int[]> excluded) {

  /// Copies the lists.
  ///
  /// @throws IllegalArgumentException if a part is empty
  public Task {
    calibration = List.copyOf(calibration);
    validation = List.copyOf(validation);
    test = List.copyOf(test);
    excluded = List.copyOf(excluded);
    if (calibration.isEmpty() || validation.isEmpty() || test.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: %d calibration, %d validation and %d test items; at least one each is needed"
              .formatted(name, calibration.size(), validation.size(), test.size()));
    }
  }
}
