package ai.hartonomous.interpret.probe;

import java.util.List;

/// What every component of a model did on some texts.
///
/// @param components the components
/// @param values response of each component (first) to each text (second), `[C][P]`
public record Responses(List<Component> components, float[][] values) {

  /// Copies the list.
  ///
  /// @throws IllegalArgumentException if there is not one row for each component
  public Responses {
    components = List.copyOf(components);
    if (components.size() != values.length) {
      throw new IllegalArgumentException(
          "%d rows for %d components".formatted(values.length, components.size()));
    }
  }

  /// {@return number of texts}
  public int texts() {
    return values.length == 0 ? 0 : values[0].length;
  }
}
