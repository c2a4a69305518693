package ai.hartonomous.platform.web;

import ai.hartonomous.distill.capability.SuiteException;
import ai.hartonomous.model.checkpoint.CheckpointException;
import ai.hartonomous.model.tokenizer.TokenizerException;
import ai.hartonomous.platform.web.Problem.FieldError;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.TypeMismatchException;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.MissingRequestHeaderException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/// Says of an exception what the client is told.
final class Failures {

  private Failures() {}

  /// {@return the problem, or nothing where the fault is the server's}
  ///
  /// @param failure what a resource threw
  static Optional<Problem> of(Exception failure) {
    return Optional.ofNullable(
        switch (failure) {
          case ProblemException e -> e.problem();
          case CheckpointException e -> damaged("checkpoint", e);
          case TokenizerException e -> damaged("tokenizer", e);
          case SuiteException e -> damaged("suite", e);
          case MethodArgumentNotValidException e -> invalid(e);
          case HandlerMethodValidationException e -> invalid(e);
          case MethodArgumentTypeMismatchException e ->
              wrong(
                  e.getName(), "'%s' %s".formatted(shown(e.getValue()), form(e.getRequiredType())));
          case MissingServletRequestParameterException e ->
              wrong(e.getParameterName(), "is missing");
          case MissingRequestHeaderException e -> wrong(e.getHeaderName(), "is missing");
          case HttpMessageNotReadableException e -> unreadable(e);
          case NoResourceFoundException _ -> Problem.of(404, "not-found", "Nothing is here.");
          case ErrorResponse e ->
              Problem.of(e.getStatusCode().value(), "invalid-request", e.getBody().getDetail());
          default -> null;
        });
  }

  private static Problem invalid(MethodArgumentNotValidException failure) {
    return fields(
        failure.getBindingResult().getFieldErrors().stream().map(Failures::error).toList());
  }

  private static Problem invalid(HandlerMethodValidationException failure) {
    return fields(
        failure.getParameterValidationResults().stream()
            .flatMap(
                result ->
                    result.getResolvableErrors().stream()
                        .map(
                            it ->
                                it instanceof org.springframework.validation.FieldError field
                                    ? error(field)
                                    : error(
                                        result.getMethodParameter().getParameterName(),
                                        it.getDefaultMessage())))
            .toList());
  }

  /// A value that has not even the right form is told without the names of classes, which the
  /// library puts in its message.
  private static FieldError error(org.springframework.validation.FieldError error) {
    if (!error.isBindingFailure()) {
      return error(error.getField(), error.getDefaultMessage());
    }
    Class<?> wanted =
        error.contains(TypeMismatchException.class)
            ? error.unwrap(TypeMismatchException.class).getRequiredType()
            : null;
    return error(
        error.getField(), "'%s' %s".formatted(shown(error.getRejectedValue()), form(wanted)));
  }

  private static FieldError error(@Nullable String field, @Nullable String message) {
    return new FieldError(
        Objects.requireNonNullElse(field, "request"),
        Objects.requireNonNullElse(message, "is not valid"));
  }

  private static Problem fields(List<FieldError> errors) {
    return new Problem(400, "invalid-request", "The request has wrong fields.", errors);
  }

  private static Problem unreadable(HttpMessageNotReadableException failure) {
    if (failure.getRootCause() instanceof ProblemException known) { // such as too large a body
      return known.problem();
    }
    return switch (failure.getCause()) {
      case DatabindException e when !e.getPath().isEmpty() -> wrong(path(e), reason(e));
      case DatabindException _ ->
          Problem.of(400, "invalid-request", "The body is not what is wanted here.");
      case JacksonException _ -> Problem.of(400, "invalid-json", "The body is not valid JSON.");
      case null, default ->
          Problem.of(400, "invalid-request", "The body is missing or cannot be read.");
    };
  }

  /// {@return where in the body the fault is, such as `pairs[2].clean`}
  private static String path(DatabindException failure) {
    return failure.getPath().stream()
        .map(
            step ->
                step.getPropertyName() == null
                    ? "[%d]".formatted(step.getIndex())
                    : "." + shown(step.getPropertyName()))
        .collect(Collectors.joining())
        .replaceFirst("^\\.", "");
  }

  private static String reason(DatabindException failure) {
    return switch (failure) {
      case UnrecognizedPropertyException _ -> "is not known";
      case InvalidFormatException e -> form(e.getTargetType());
      default -> "has the wrong type";
    };
  }

  /// {@return what a text that stands for a value of a type is not}
  private static String form(@Nullable Class<?> type) {
    if (type == UUID.class) {
      return "is not a UUID";
    }
    if (type != null && type.isEnum()) {
      return "is not one of "
          + Arrays.stream(type.getEnumConstants())
              .map(it -> it.toString().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", "));
    }
    return "is not valid";
  }

  private static String shown(@Nullable Object value) {
    String text = String.valueOf(value);
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }

  /// Leaves the folders out of the message, which begins with the path of the file: where the
  /// server keeps it is not the client's business.
  private static Problem damaged(String what, IOException failure) {
    return Problem.of(422, what, String.valueOf(failure.getMessage()).replaceFirst("^\\S*/", ""));
  }

  private static Problem wrong(String field, String message) {
    return Problem.invalid(field, message).problem();
  }
}
