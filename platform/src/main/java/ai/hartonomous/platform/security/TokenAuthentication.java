package ai.hartonomous.platform.security;

import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

/// Makes a user of a signed token.
final class TokenAuthentication implements AuthenticationProvider {

  private final JwtDecoder tokens;
  private final TokenRoles roles;

  TokenAuthentication(JwtDecoder tokens, TokenRoles roles) {
    this.tokens = tokens;
    this.roles = roles;
  }

  @Override
  public @Nullable Authentication authenticate(Authentication request) {
    if (!(request instanceof BearerTokenAuthenticationToken bearer)) {
      return null;
    }
    try {
      return roles.convert(tokens.decode(bearer.getToken()));
    } catch (BadJwtException e) {
      throw new InvalidBearerTokenException("the token is not good", e);
    } catch (JwtException e) {
      throw new IssuerUnavailableException("the token cannot be judged", e);
    }
  }

  @Override
  public boolean supports(Class<?> type) {
    return BearerTokenAuthenticationToken.class.isAssignableFrom(type);
  }
}
