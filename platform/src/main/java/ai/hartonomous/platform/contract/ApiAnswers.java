package ai.hartonomous.platform.contract;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import java.util.List;
import java.util.Set;

/// Adds to every operation the ways in which it can fail.
final class ApiAnswers {

  /// What an OAuth error can stand for.
  private static final Set<String> OAUTH = Set.of("400", "401", "429");

  /// What may have a body, whether the operation reads it or not.
  private static final Set<PathItem.HttpMethod> BODIES =
      Set.of(PathItem.HttpMethod.POST, PathItem.HttpMethod.PUT, PathItem.HttpMethod.PATCH);

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
    if (BODIES.contains(method)) {
      add(operation, "415", "Unsupported form of body");
    }
    if (body) {
      add(operation, "413", "Body too large");
    }
    add(operation, "429", "Rate limit exceeded");
    add(operation, "500", "The server failed");
    List.copyOf(answers.keySet()).stream()
        .filter(it -> it.startsWith("4") || it.startsWith("5"))
        .forEach(it -> add(operation, it, "")); // those that the resource named, in our form
    answers
        .values()
        .forEach(
            it ->
                it.addHeaderObject(
                    "X-Request-Id",
                    new Header().description("Id of the request.").schema(new StringSchema())));
  }

  private static void add(Operation operation, String status, String description) {
    String schema = status.equals("400") ? ApiSchemas.VALIDATION_ERROR : ApiSchemas.PROBLEM;
    ApiResponse answer = operation.getResponses().computeIfAbsent(status, _ -> new ApiResponse());
    if (answer.getDescription() == null || answer.getDescription().isEmpty()) {
      answer.setDescription(description);
    }
    var forms = new Content();
    if (hasTag(operation, "OpenAI")) {
      forms.addMediaType("application/json", media(ApiSchemas.OPENAI_ERROR));
    } else {
      forms.addMediaType("application/problem+json", media(schema));
    }
    if (isOauth(operation) && OAUTH.contains(status)) {
      forms.addMediaType("application/json", media(ApiSchemas.OAUTH_ERROR));
    }
    answer.setContent(forms);
  }

  private static MediaType media(String schema) {
    return new MediaType().schema(ApiSchemas.ref(schema));
  }

  private static boolean hasTag(Operation operation, String tag) {
    return operation.getTags() != null && operation.getTags().contains(tag);
  }

  /// {@return whether an operation is one of RFC 6749's, which have errors of their own}
  private static boolean isOauth(Operation operation) {
    return hasTag(operation, "Tokens")
        && operation.getRequestBody() != null
        && operation.getRequestBody().getContent().containsKey("application/x-www-form-urlencoded");
  }
}
