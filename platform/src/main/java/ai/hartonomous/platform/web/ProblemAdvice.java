package ai.hartonomous.platform.web;

import ai.hartonomous.distill.capability.SuiteException;
import ai.hartonomous.model.checkpoint.CheckpointException;
import ai.hartonomous.model.tokenizer.TokenizerException;
import ai.hartonomous.platform.web.Problem.FieldError;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;

/// The HTTP edge: turns every exception into a problem.
@RestControllerAdvice
class ProblemAdvice {

  private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

  private final ProblemWriter writer;

  ProblemAdvice(ProblemWriter writer) {
    this.writer = writer;
  }

  @ExceptionHandler
  void answer(Exception failure, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (failure instanceof AsyncRequestNotUsableException || response.isCommitted()) {
      return; // the client is gone, or has its status already
    }
    response.reset();
    if (failure instanceof ErrorResponse known) {
      known.getHeaders().forEach((name, values) -> response.setHeader(name, values.getFirst()));
    }
    Problem problem = problem(failure);
    if (problem.status() == 429 || problem.status() == 503) {
      response.setHeader("Retry-After", "1");
    }
    writer.write(request, response, problem);
  }

  private static Problem problem(Exception failure) {
    return switch (failure) {
      case ProblemException e -> e.problem();
      case CheckpointException e -> damaged("checkpoint", e);
      case TokenizerException e -> damaged("tokenizer", e);
      case SuiteException e -> damaged("suite", e);
      case MethodArgumentNotValidException e -> invalid(e);
      case MethodArgumentTypeMismatchException e ->
          wrong(e.getName(), "'%s' is not valid".formatted(e.getValue()));
      case HttpMessageNotReadableException e -> unreadable(e);
      case NoResourceFoundException _ -> Problem.of(404, "not-found", "Nothing is here.");
      case ErrorResponse e ->
          Problem.of(e.getStatusCode().value(), "invalid-request", e.getBody().getDetail());
      default -> internal(failure);
    };
  }

  private static Problem invalid(MethodArgumentNotValidException failure) {
    List<FieldError> errors =
        failure.getBindingResult().getFieldErrors().stream()
            .map(
                error ->
                    new FieldError(
                        error.getField(),
                        Objects.requireNonNullElse(error.getDefaultMessage(), "is not valid")))
            .toList();
    return new Problem(400, "invalid-request", "The request has wrong fields.", errors);
  }

  private static Problem unreadable(HttpMessageNotReadableException failure) {
    return switch (failure.getCause()) {
      case DatabindException e when !e.getPath().isEmpty() ->
          wrong(
              e.getPathReference().replaceAll("[^\\[]*\\[\"?([^\"\\]]+)\"?\\](?:->)?", "$1."),
              "has the wrong type or is not known");
      case JacksonException _ -> Problem.of(400, "invalid-json", "The body is not valid JSON.");
      case null, default ->
          failure.getRootCause() instanceof ProblemException known
              ? known.problem()
              : Problem.of(400, "invalid-request", "The body cannot be read.");
    };
  }

  /// Leaves the folders out of the message, which begins with the path of the file: where the
  /// server keeps it is not the client's business.
  private static Problem damaged(String what, IOException failure) {
    return Problem.of(422, what, String.valueOf(failure.getMessage()).replaceFirst("^\\S*/", ""));
  }

  private static Problem wrong(String field, String message) {
    return Problem.invalid(field, message).problem();
  }

  private static Problem internal(Exception failure) {
    UUID id = UUID.randomUUID();
    LOG.error("failure {}", id, failure);
    return Problem.of(
        500, "internal", "The server failed; its log has the cause under " + id + ".");
  }
}
