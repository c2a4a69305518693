package ai.hartonomous.platform.runtime;

import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Enumeration;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/// Answers 401 to requests without the key, but for some paths.
final class KeyFilter extends OncePerRequestFilter {

  private static final String SCHEME = "Bearer ";

  private final byte[] key;
  private final ProblemWriter problems;

  private final Set<String> open;

  /// @param key what requests must bring
  /// @param open paths that anybody may ask for
  /// @param problems writes the refusals
  KeyFilter(String key, Set<String> open, ProblemWriter problems) {
    this.open = Set.copyOf(open);
    this.key = key.getBytes(StandardCharsets.UTF_8);
    this.problems = problems;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return open.contains(request.getRequestURI());
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (isGood(request.getHeaders(HttpHeaders.AUTHORIZATION))) {
      chain.doFilter(request, response);
      return;
    }
    response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    problems.write(request, response, Problem.UNAUTHORIZED);
  }

  /// One header only: of two, a proxy in front might have looked at the other.
  private boolean isGood(Enumeration<String> headers) {
    if (!headers.hasMoreElements()) {
      return false;
    }
    String header = headers.nextElement();
    if (headers.hasMoreElements() || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return false;
    }
    byte[] given = header.substring(SCHEME.length()).getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(key, given); // takes as long wherever they differ
  }
}
