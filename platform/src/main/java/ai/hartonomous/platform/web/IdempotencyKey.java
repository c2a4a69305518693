package ai.hartonomous.platform.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The header `Idempotency-Key`.
public final class IdempotencyKey {

  /// Its name.
  public static final String HEADER = "Idempotency-Key";

  /// The draft's header is a quoted text; many clients leave the quotes out.
  private static final Pattern FORM = Pattern.compile("\"?([\\x21\\x23-\\x7e]{1,255})\"?");

  private IdempotencyKey() {}

  /// {@return the key of a request without its quotes, or null if it has none}
  ///
  /// @param request any request
  /// @throws ProblemException if it has one that cannot be
  public static @Nullable String of(HttpServletRequest request) {
    String header = request.getHeader(HEADER);
    if (header == null) {
      return null;
    }
    Matcher form = FORM.matcher(header);
    if (!form.matches()) {
      throw Problem.invalid(HEADER, "must be 1 to 255 visible characters, in quotes or not");
    }
    return form.group(1);
  }
}
