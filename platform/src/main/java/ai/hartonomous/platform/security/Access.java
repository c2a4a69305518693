package ai.hartonomous.platform.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.RequestPath;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/// Who may do what: the first rule that fits a request decides. The same table stands in
/// `docs/security.md`.
final class Access implements AuthorizationManager<RequestAuthorizationContext> {

  /// One line of the table.
  ///
  /// @param method method, or null for any; GET stands for HEAD too
  /// @param pattern path pattern of Spring
  /// @param role the least role that a token needs, or null where nobody need be known
  /// @param scope what an API key must be good for, or null where keys are refused
  record Rule(
      @Nullable HttpMethod method, String pattern, @Nullable Role role, @Nullable Scope scope) {}

  static final List<Rule> RULES =
      List.of(
          everybody(HttpMethod.GET, "/health"),
          everybody(HttpMethod.GET, "/health/*"),
          everybody(HttpMethod.GET, "/.well-known/*"),
          everybody(HttpMethod.GET, "/v3/api-docs"),
          everybody(HttpMethod.GET, "/v3/api-docs/swagger-config"),
          everybody(HttpMethod.GET, "/swagger-ui/**"),
          new Rule(HttpMethod.GET, "/metrics", Role.ADMIN, null),
          everybody(HttpMethod.POST, "/v1/auth/token"),
          everybody(HttpMethod.POST, "/v1/auth/revoke"),
          everybody(HttpMethod.POST, "/v1/payments/events"), // signed by the payment provider
          new Rule(null, "/v1/admin/**", Role.ADMIN, null),
          new Rule(null, "/v1/auth/**", Role.USER, null),
          new Rule(null, "/v1/api-keys/**", Role.USER, null),
          new Rule(null, "/v1/audit/**", Role.USER, null),
          new Rule(null, "/openai/v1/**", Role.USER, Scope.INFERENCE),
          new Rule(HttpMethod.POST, "/v1/models/query", Role.USER, Scope.READ),
          new Rule(HttpMethod.PUT, "/v1/market/publisher", Role.PUBLISHER, null),
          new Rule(HttpMethod.POST, "/v1/market/listings", Role.PUBLISHER, null),
          new Rule(HttpMethod.POST, "/v1/market/listings/*/prices", Role.PUBLISHER, null),
          new Rule(HttpMethod.POST, "/v1/market/listings/*/relisting", Role.PUBLISHER, null),
          new Rule(HttpMethod.GET, "/v1/**", Role.USER, Scope.READ),
          new Rule(null, "/v1/models/**", Role.USER, Scope.MODELS),
          new Rule(null, "/v1/capabilities/**", Role.USER, Scope.MODELS),
          new Rule(null, "/v1/corpora/**", Role.USER, Scope.MODELS),
          new Rule(null, "/v1/circuits/**", Role.USER, Scope.MODELS),
          new Rule(null, "/v1/agents/**", Role.USER, Scope.AGENTS),
          new Rule(null, "/v1/deployments/**", Role.USER, Scope.AGENTS),
          new Rule(null, "/v1/aliases/**", Role.USER, Scope.AGENTS),
          new Rule(null, "/v1/jobs/**", Role.USER, Scope.AGENTS),
          new Rule(null, "/**", Role.USER, null));

  private final List<Matcher> matchers =
      RULES.stream()
          .map(rule -> new Matcher(rule, PathPatternParser.defaultInstance.parse(rule.pattern())))
          .toList();

  private record Matcher(Rule rule, PathPattern path) {

    boolean fits(String method, PathContainer wanted) {
      HttpMethod only = rule.method();
      return (only == null || only.matches(method)) && path.matches(wanted);
    }
  }

  private static Rule everybody(HttpMethod method, String pattern) {
    return new Rule(method, pattern, null, null);
  }

  @Override
  public AuthorizationDecision authorize(
      Supplier<? extends @Nullable Authentication> who, RequestAuthorizationContext context) {
    HttpServletRequest request = context.getRequest();
    // The same parser that finds the operation, so that both read every spelling alike.
    PathContainer path =
        RequestPath.parse(request.getRequestURI(), request.getContextPath())
            .pathWithinApplication();
    String method = request.getMethod().equals("HEAD") ? "GET" : request.getMethod();
    for (Matcher matcher : matchers) {
      if (matcher.fits(method, path)) {
        return new AuthorizationDecision(allows(matcher.rule(), who));
      }
    }
    return new AuthorizationDecision(false);
  }

  private static boolean allows(Rule rule, Supplier<? extends @Nullable Authentication> who) {
    Role role = rule.role();
    if (role == null) {
      return true;
    }
    Authentication authentication = who.get();
    if (authentication == null) {
      return false;
    }
    Scope scope = rule.scope();
    return has(authentication, role.authority())
        || (scope != null && has(authentication, scope.authority()));
  }

  private static boolean has(Authentication authentication, GrantedAuthority wanted) {
    return authentication.getAuthorities().contains(wanted);
  }
}
