package ai.hartonomous.platform.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.web.BearerTokenResolver;
import org.springframework.security.oauth2.server.resource.web.DefaultBearerTokenResolver;

/// Takes the token out of the header `Authorization`, of which there may be only one: of two, a
/// proxy in front might have looked at the other.
final class OneBearerToken implements BearerTokenResolver {

  private static final int MOST_LETTERS = 8_192;

  private final DefaultBearerTokenResolver form = new DefaultBearerTokenResolver();

  @Override
  public @Nullable String resolve(HttpServletRequest request) {
    Enumeration<String> values = request.getHeaders("Authorization");
    if (!values.hasMoreElements()) {
      return null;
    }
    int length = values.nextElement().length();
    if (values.hasMoreElements() || length > MOST_LETTERS) {
      throw new InvalidBearerTokenException("one token of at most 8,192 letters is wanted");
    }
    return form.resolve(request);
  }
}
