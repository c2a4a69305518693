package ai.hartonomous.platform.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Writes problems in the form that the path promises.
@Component
public class ProblemWriter {

  private static final String OPENAI = "/openai/";

  private static final JsonMapper JSON = JsonMapper.shared(); // writes nulls, as OpenAI does

  ProblemWriter() {}

  /// Answers a request with a problem.
  ///
  /// @param request decides the form
  /// @param response not yet committed
  /// @param problem what went wrong
  /// @throws IOException if the client is gone
  public void write(HttpServletRequest request, HttpServletResponse response, Problem problem)
      throws IOException {
    writeTo(request, response, problem);
  }

  static void writeTo(HttpServletRequest request, HttpServletResponse response, Problem problem)
      throws IOException {
    boolean openAi = path(request).startsWith(OPENAI);
    response.setStatus(problem.status());
    response.setContentType(openAi ? "application/json" : "application/problem+json");
    response.setCharacterEncoding("UTF-8");
    var body = openAi ? openAiError(problem) : document(request, problem);
    response.getOutputStream().write(JSON.writeValueAsBytes(body));
    response.flushBuffer();
  }

  /// {@return the path, or `/` where the request is so bad that there is none}
  private static String path(HttpServletRequest request) {
    @Nullable String path = request.getRequestURI();
    return path == null ? "/" : path;
  }

  private static Map<String, Object> document(HttpServletRequest request, Problem problem) {
    var body = new LinkedHashMap<String, Object>();
    body.put("type", "urn:hartonomous:problem:" + problem.code());
    HttpStatus status = HttpStatus.resolve(problem.status());
    body.put("title", status == null ? problem.code() : status.getReasonPhrase());
    body.put("status", problem.status());
    if (problem.detail() != null) {
      body.put("detail", problem.detail());
    }
    body.put("instance", path(request));
    String id = RequestIds.of(request);
    if (id != null) {
      body.put("requestId", id);
    }
    if (!problem.errors().isEmpty()) {
      body.put("errors", problem.errors());
    }
    return body;
  }

  /// {@return the body `{"error": {message, type, param, code}}` that OpenAI's clients parse}
  ///
  /// @param problem what went wrong
  public static Map<String, Object> openAiError(Problem problem) {
    var error = new LinkedHashMap<String, Object>();
    String detail = problem.detail();
    error.put("message", detail == null ? "The server failed to answer." : detail);
    error.put(
        "type",
        switch (problem.status()) {
          case 400, 413, 422 -> "invalid_request_error";
          case 401 -> "authentication_error";
          case 403 -> "permission_error";
          case 404 -> "not_found_error";
          case 429 -> "rate_limit_error";
          case 503 -> "unavailable_error";
          default -> "api_error";
        });
    error.put("param", problem.errors().isEmpty() ? null : problem.errors().getFirst().field());
    error.put("code", problem.code().replace('-', '_').toLowerCase(Locale.ROOT));
    return Map.of("error", error);
  }
}
