package ai.hartonomous.platform.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/// Refuses early what the rest of the server cannot handle: the character NUL in a query, which no
/// database stores, and a body whose type is no type. The firewall of Spring Security looks at
/// paths and headers only.
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
class PlainRequests extends OncePerRequestFilter {

  private final ProblemWriter problems;

  PlainRequests(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String query = request.getQueryString();
    if (query != null && query.contains("%00")) {
      problems.write(request, response, Problem.invalid("query", "has a character NUL").problem());
    } else if (hasBody(request) && !isType(request.getContentType())) {
      problems.write(
          request,
          response,
          Problem.of(415, "invalid-request", "The Content-Type is not the type of a body."));
    } else {
      chain.doFilter(request, response);
    }
  }

  private static boolean hasBody(HttpServletRequest request) {
    return switch (request.getMethod()) {
      case "POST", "PUT", "PATCH" -> true;
      default -> false;
    };
  }

  private static boolean isType(@Nullable String type) {
    if (type == null) {
      return true;
    }
    try {
      return MediaType.parseMediaType(type).isConcrete();
    } catch (InvalidMediaTypeException _) {
      return false;
    }
  }
}
