package ai.hartonomous.platform.web;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/// What went wrong with a request, as it is told to the client: a problem document (RFC 9457), or
/// an OpenAI error under `/openai`.
///
/// @param status HTTP status
/// @param code short name, the last part of the problem's `type`
/// @param detail one sentence for people, or null where nothing may be told
/// @param errors fields of the request that are wrong, if any
public record Problem(int status, String code, @Nullable String detail, List<FieldError> errors) {

  /// No good token came with the request.
  public static final Problem UNAUTHORIZED =
      of(401, "unauthorized", "A valid bearer token is needed.");

  /// The user may not do this.
  public static final Problem FORBIDDEN = of(403, "forbidden", "This is not allowed.");

  /// Copies the list.
  public Problem {
    errors = List.copyOf(errors);
  }

  /// One wrong field.
  ///
  /// @param field path of the field in the request
  /// @param message what is wrong with it
  public record FieldError(String field, String message) {}

  /// {@return a problem without field errors}
  ///
  /// @param status HTTP status
  /// @param code short name
  /// @param detail one sentence for people, or null
  public static Problem of(int status, String code, @Nullable String detail) {
    return new Problem(status, code, detail, List.of());
  }

  /// {@return a problem of which no more is known than its status}
  ///
  /// @param status HTTP status
  public static Problem of(int status) {
    HttpStatus known = HttpStatus.resolve(status);
    String code =
        switch (status) {
          case 401 -> "unauthorized";
          case 403 -> "forbidden";
          case 404 -> "not-found";
          case 413 -> "too-large";
          default -> status < 500 ? "invalid-request" : "internal";
        };
    return of(status, code, known == null ? null : known.getReasonPhrase() + ".");
  }

  /// {@return an exception that ends the request with status 404}
  ///
  /// @param what kind of thing, such as `model`
  /// @param id the id that was asked for
  public static ProblemException notFound(String what, Object id) {
    return new ProblemException(of(404, "not-found", "There is no %s %s.".formatted(what, id)));
  }

  /// {@return an exception that ends the request with status 400 and one wrong field}
  ///
  /// @param field path of the field in the request
  /// @param message what is wrong with it
  public static ProblemException invalid(String field, String message) {
    return new ProblemException(
        new Problem(
            400,
            "invalid-request",
            "%s: %s".formatted(field, message),
            List.of(new FieldError(field, message))));
  }

  /// {@return an exception that ends the request with status 409}
  ///
  /// @param detail one sentence for people
  public static ProblemException conflict(String detail) {
    return new ProblemException(of(409, "conflict", detail));
  }

  /// {@return an exception that ends the request with status 413}
  ///
  /// @param detail one sentence for people
  public static ProblemException tooLarge(String detail) {
    return new ProblemException(of(413, "too-large", detail));
  }

  /// {@return an exception that ends the request with status 422}
  ///
  /// @param code short name
  /// @param detail one sentence for people
  public static ProblemException unprocessable(String code, String detail) {
    return new ProblemException(of(422, code, detail));
  }
}
