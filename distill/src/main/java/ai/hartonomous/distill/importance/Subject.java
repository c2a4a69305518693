package ai.hartonomous.distill.importance;

import ai.hartonomous.model.transformer.Transformer;
import java.util.List;

/// What importance is measured of, and with what.
///
/// @param transformer the model
/// @param examples calibration items; at least one
/// @param means what removed components are replaced with
/// @param seed decides everything random
public record Subject(
    Transformer transformer, List<Example> examples, ComponentMeans means, long seed) {

  /// Copies the list.
  public Subject {
    examples = List.copyOf(examples);
  }
}
