package ai.hartonomous.platform.limit;

import ai.hartonomous.platform.limit.Share.Outcome;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemWriter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// Refuses requests beyond a user's limit (429), and tells in every answer how far it is: headers
/// `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-10.
@Component
class LimitInterceptor implements HandlerInterceptor, WebMvcConfigurer {

  private final Limits limits;
  private final ProblemWriter problems;

  LimitInterceptor(Limits limits, ProblemWriter problems) {
    this.limits = limits;
    this.problems = problems;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this).addPathPatterns("/v1/**", "/openai/v1/**");
  }

  @Override
  public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
      throws IOException {
    String user = Tenant.find().orElse("");
    if (user.isEmpty() || request.getDispatcherType() != DispatcherType.REQUEST) {
      return true;
    }
    Operation operation = Operation.of(request);
    Optional<Outcome> taken = limits.take(user, operation);
    if (taken.isEmpty()) {
      return true;
    }
    Outcome outcome = taken.get();
    response.setHeader(
        "RateLimit-Policy",
        "\"%s\";q=%d;w=%d"
            .formatted(
                operation.text(),
                limits.capacity(operation),
                Math.max(1, limits.window().toSeconds())));
    response.setHeader(
        "RateLimit",
        "\"%s\";r=%d;t=%d".formatted(operation.text(), outcome.left(), outcome.fullInSeconds()));
    if (outcome.allowed()) {
      return true;
    }
    response.setHeader("Retry-After", Long.toString(outcome.retryInSeconds()));
    problems.write(
        request,
        response,
        Problem.of(429, "rate-limit", "Too many requests of kind " + operation.text() + "."));
    return false;
  }
}
