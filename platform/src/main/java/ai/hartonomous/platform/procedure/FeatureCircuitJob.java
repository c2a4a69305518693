package ai.hartonomous.platform.procedure;

import ai.hartonomous.platform.graph.Circuit;
import ai.hartonomous.platform.graph.CircuitRequest;
import ai.hartonomous.platform.graph.CircuitRequest.FeatureItem;
import ai.hartonomous.platform.graph.CircuitRequest.RelationshipItem;
import ai.hartonomous.platform.graph.Graphs;
import ai.hartonomous.platform.job.JobOutcome;
import ai.hartonomous.platform.job.JobWorker;
import ai.hartonomous.platform.job.RunningJob;
import ai.hartonomous.platform.web.Problem;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Stores a circuit that came through the database: the work behind `CREATE_FEATURE_CIRCUIT`.
/// Storing it twice changes nothing, so a job that is run again does no harm.
@Component
class FeatureCircuitJob implements JobWorker {

  private final ObjectProvider<Graphs> graphs; // which use what uses jobs
  private final JsonMapper json;
  private final Validator validator;

  FeatureCircuitJob(ObjectProvider<Graphs> graphs, JsonMapper json, Validator validator) {
    this.graphs = graphs;
    this.json = json;
    this.validator = validator;
  }

  /// What to store.
  ///
  /// @param features JSON array, as `features` of `POST /v1/circuits`
  /// @param relationships JSON array, as `relationships` there
  record Order(String features, String relationships) {}

  /// What was stored.
  ///
  /// @param circuitId id of the circuit
  /// @param features features that were named
  /// @param relationships relationships that were named
  /// @param message one sentence for people
  record Stored(UUID circuitId, int features, int relationships, String message) {}

  @Override
  public String kind() {
    return "feature_circuit";
  }

  @Override
  public JobOutcome run(RunningJob job) throws IOException {
    return new JobOutcome.Succeeded(store(job.request(Order.class)));
  }

  /// Stores a circuit for the current user.
  ///
  /// @throws ai.hartonomous.platform.web.ProblemException if it is not as `POST /v1/circuits` wants
  ///   it
  Stored store(Order order) throws IOException {
    var request =
        CircuitRequest.of(
            list("features", order.features, new TypeReference<List<FeatureItem>>() {}),
            list(
                "relationships",
                order.relationships,
                new TypeReference<List<RelationshipItem>>() {}));
    validator.validate(request).stream()
        .min(Comparator.comparing(it -> it.getPropertyPath().toString()))
        .ifPresent(FeatureCircuitJob::refuse);
    Circuit circuit = graphs.getObject().save(request);
    int features = size(request.features());
    int relationships = size(request.relationships());
    return new Stored(
        circuit.id(),
        features,
        relationships,
        "Created circuit with %d features and %d relationships".formatted(features, relationships));
  }

  private static int size(@Nullable List<?> list) {
    return list == null ? 0 : list.size();
  }

  private static void refuse(ConstraintViolation<?> violation) {
    throw Problem.invalid(violation.getPropertyPath().toString(), violation.getMessage());
  }

  private <T> List<T> list(String field, String text, TypeReference<List<T>> type) {
    try {
      List<T> list = json.readValue(text, type);
      if (list != null) {
        return list;
      }
    } catch (JacksonException e) {
      throw Problem.invalid(
          field, "is not as POST /v1/circuits wants it: " + e.getOriginalMessage());
    }
    throw Problem.invalid(field, "must be a JSON array");
  }
}
