package ai.hartonomous.platform.security;

import ai.hartonomous.platform.Settings;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/// Reads the roles out of a verified token: a list of names or one text with spaces between them.
/// Names that this server does not know are passed over.
final class TokenRoles implements Converter<Jwt, AbstractAuthenticationToken> {

  private final String claim;
  private final List<String> defaults;

  TokenRoles(Settings.Tokens settings) {
    this.claim = settings.rolesClaim();
    this.defaults = settings.defaultRoles();
  }

  @Override
  public AbstractAuthenticationToken convert(Jwt token) {
    List<Role> roles =
        names(find(token.getClaims())).stream().map(Role::find).flatMap(Optional::stream).toList();
    return new JwtAuthenticationToken(token, Role.authorities(roles)); // named by its subject
  }

  /// Looks for the claim's whole name first: names such as `https://issuer.example/roles` have
  /// dots.
  private @Nullable Object find(Map<String, Object> claims) {
    if (claims.containsKey(claim)) {
      return claims.get(claim);
    }
    Object found = claims;
    for (String step : claim.split("\\.")) {
      found = found instanceof Map<?, ?> map ? map.get(step) : null;
    }
    return found;
  }

  private Collection<String> names(@Nullable Object value) {
    return switch (value) {
      case null -> defaults;
      case Collection<?> list -> list.stream().map(String::valueOf).toList();
      case String text -> Arrays.asList(text.split("\\s+"));
      default -> List.of();
    };
  }
}
