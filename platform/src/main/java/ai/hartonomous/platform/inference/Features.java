package ai.hartonomous.platform.inference;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/// Transcoders and their features, for those who steer agents with them or have tokens explained by
/// them.
public interface Features {

  /// A feature.
  ///
  /// @param transcoders of the user that it is one of
  /// @param layer whose MLP its transcoder predicts, from 0
  /// @param index its number in the transcoder, from 0
  record Feature(UUID transcoders, int layer, int index) {}

  /// Stored transcoders of a model.
  ///
  /// @param id of the analysis that made them
  /// @param folder their files, absolute
  record Transcoders(UUID id, Path folder) {}

  /// {@return what a feature adds to the MLP's output for each 1 of its activation, `[D]`}
  ///
  /// @param agent who is steered
  /// @param feature which
  /// @throws ai.hartonomous.platform.web.ProblemException with status 404 if the user has no such
  ///   transcoders, 422 if they have no such feature, are damaged, or belong to another model than
  ///   the agent was made from
  /// @throws IOException if they cannot be read
  float[] direction(UUID agent, Feature feature) throws IOException;

  /// {@return transcoders that tell features of an agent; nothing of them is read}
  ///
  /// @param agent whose tokens are explained
  /// @param id of the analysis that made them
  /// @throws ai.hartonomous.platform.web.ProblemException with status 404 if the user has no such
  ///   transcoders, 422 if they belong to another model than the agent was made from
  Transcoders transcoders(UUID agent, UUID id);
}
