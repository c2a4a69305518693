package ai.hartonomous.platform.contract;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;

/// Adds to every operation the ways in which it can fail.
final class ApiAnswers {

  private ApiAnswers() {}

  static void finish(PathItem.HttpMethod method, Operation operation) {
    ApiResponses answers = operation.getResponses();
    boolean body = operation.getRequestBody() != null;
    boolean parameters = operation.getParameters() != null && !operation.getParameters().isEmpty();
    add(operation, "400", "Invalid request");
    add(operation, "401", "Authentication required");
    add(operation, "403", "Insufficient permissions");
    if (parameters
        && operation.getParameters().stream().anyMatch(it -> "path".equals(it.getIn()))) {
      add(operation, "404", "No such thing of this user");
    }
    add(operation, "406", "No answer in an accepted form");
    if (method == PathItem.HttpMethod.POST) {
      add(operation, "409", "Taken, or a request with this Idempotency-Key is being done");
      add(operation, "422", "Cannot be done, or the Idempotency-Key was used for another request");
    }
    if (body || method == PathItem.HttpMethod.POST) {
      add(operation, "415", "Unsupported form of body");
    }
    if (body) {
      add(operation, "413", "Body too large");
    }
    add(operation, "429", "Rate limit exceeded");
    add(operation, "500", "The server failed");
    answers
        .values()
        .forEach(
            it ->
                it.addHeaderObject(
                    "X-Request-Id",
                    new Header().description("Id of the request.").schema(new StringSchema())));
  }

  private static void add(Operation operation, String status, String description) {
    boolean openAi = operation.getTags() != null && operation.getTags().contains("OpenAI");
    String schema = status.equals("400") ? ApiSchemas.VALIDATION_ERROR : ApiSchemas.PROBLEM;
    ApiResponse answer = operation.getResponses().computeIfAbsent(status, _ -> new ApiResponse());
    if (answer.getDescription() == null || answer.getDescription().isEmpty()) {
      answer.setDescription(description);
    }
    var media = new MediaType().schema(ApiSchemas.ref(openAi ? ApiSchemas.OPENAI_ERROR : schema));
    answer.setContent(
        new Content()
            .addMediaType(openAi ? "application/json" : "application/problem+json", media));
  }
}
