package ai.hartonomous.platform.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/// Gives every request an id: the client's own (`X-Request-Id`) where it is 1 to 64 letters, digits
/// and `._-`, else a new one. It comes back in the answer, in problem documents and in every line
/// of the log that the request causes.
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
public class RequestIds extends OncePerRequestFilter {

  /// Header of request and answer.
  public static final String HEADER = "X-Request-Id";

  /// Name in the diagnostic context of the log.
  public static final String FIELD = "requestId";

  private static final Pattern SANE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  RequestIds() {}

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String id = id(request.getHeader(HEADER));
    request.setAttribute(FIELD, id);
    response.setHeader(HEADER, id);
    try (var _ = MDC.putCloseable(FIELD, id)) {
      chain.doFilter(request, response);
    }
  }

  private static String id(@Nullable String wanted) {
    return wanted != null && SANE.matcher(wanted).matches() ? wanted : UUID.randomUUID().toString();
  }

  /// {@return the id of a request, or null before it has one}
  ///
  /// @param request a request
  static @Nullable String of(HttpServletRequest request) {
    return (String) request.getAttribute(FIELD);
  }
}
