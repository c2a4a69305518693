package ai.hartonomous.platform.inference;

import ai.hartonomous.platform.deployment.AgentLease;
import ai.hartonomous.platform.deployment.AgentSource;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.Problem.FieldError;
import ai.hartonomous.platform.web.ProblemException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds the agent of a request, and says in the answer's headers which one it is.
final class Opened {

  /// Header of an answer: the id of the very agent that gave it, whatever the request called it.
  static final String VERSION = "Hartonomous-Agent-Version";

  /// Header of an answer: SHA-256 of that agent's manifest.
  static final String MANIFEST = "Hartonomous-Manifest";

  private Opened() {}

  /// {@return the agent that a request names; to be closed when it has answered}
  ///
  /// @param agents who may be asked
  /// @param model as the request has it
  /// @param response gets the headers
  /// @throws ProblemException with status 404 if there is none
  /// @throws IOException if it cannot be read
  static AgentLease of(AgentSource agents, String model, HttpServletResponse response)
      throws IOException {
    AgentLease lease = agents.open(model).orElseThrow(() -> none(model));
    response.setHeader(VERSION, lease.agent().id().toString());
    String manifest = lease.agent().manifest();
    if (manifest != null) {
      response.setHeader(MANIFEST, manifest);
    }
    return lease;
  }

  /// {@return the field `model` of a request}
  static String required(@Nullable String model) {
    if (model == null || model.isBlank()) {
      throw Problem.invalid("model", "is missing");
    }
    return model;
  }

  /// {@return what a request is told that names no agent}
  static ProblemException none(String model) {
    String message = "There is no deployed agent '%s'.".formatted(model);
    return new ProblemException(
        new Problem(404, "model-not-found", message, List.of(new FieldError("model", message))));
  }
}
