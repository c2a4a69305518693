package ai.hartonomous.platform.runtime;

import ai.hartonomous.platform.inference.Features;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import java.util.UUID;

/// A runtime has no analyses, and so no transcoders.
final class NoFeatures implements Features {

  @Override
  public float[] direction(UUID agent, Feature feature) {
    throw none();
  }

  @Override
  public Transcoders transcoders(UUID agent, UUID id) {
    throw none();
  }

  private static ProblemException none() {
    return Problem.unprocessable(
        "not-possible",
        "Features are steered and told in a server, which has transcoders; here are none.");
  }
}
