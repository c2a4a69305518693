package ai.hartonomous.platform.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

/// The HTTP edge: turns every exception into a problem.
@RestControllerAdvice
class ProblemAdvice {

  private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

  /// Headers that told of the answer that there is not.
  private static final List<String> KEPT_NOT =
      List.of("Content-Length", "Content-Range", "Content-Disposition", "ETag", "Location");

  private final ProblemWriter writer;
  private final List<KnownFailures> known;

  ProblemAdvice(ProblemWriter writer, ObjectProvider<KnownFailures> known) {
    this.writer = writer;
    this.known = known.orderedStream().toList();
  }

  @ExceptionHandler
  void answer(Exception failure, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (failure instanceof AsyncRequestNotUsableException || response.isCommitted()) {
      return; // the client is gone, or has its status already
    }
    response.resetBuffer(); // not reset(), which would take away the headers of the filters
    KEPT_NOT.forEach(name -> response.setHeader(name, null));
    if (failure instanceof ErrorResponse framed) {
      framed.getHeaders().forEach((name, values) -> response.setHeader(name, values.getFirst()));
    }
    Problem problem = problem(failure);
    if (problem.status() == 429 || problem.status() == 503) {
      response.setHeader("Retry-After", "1");
    }
    writer.write(request, response, problem);
  }

  private Problem problem(Exception failure) {
    return known.stream()
        .flatMap(it -> it.of(failure).stream())
        .findFirst()
        .or(() -> Failures.of(failure))
        .orElseGet(() -> internal(failure));
  }

  private static Problem internal(Exception failure) {
    UUID id = UUID.randomUUID();
    LOG.error("failure {}", id, failure);
    return Problem.of(
        500, "internal", "The server failed; its log has the cause under " + id + ".");
  }
}
