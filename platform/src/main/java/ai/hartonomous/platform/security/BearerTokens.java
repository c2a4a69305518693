package ai.hartonomous.platform.security;

import ai.hartonomous.platform.SecuritySettings.External;
import ai.hartonomous.platform.Settings;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/// What a bearer token must be: signed with RS256 or ES256 by a key of the issuer, of an allowed
/// type, for this audience, in its time, about a user whose name can be stored.
@Configuration(proxyBeanMethods = false)
class BearerTokens {

  private static final int MOST_LETTERS = 255;

  @Bean
  KeyRing keyRing(Settings settings) throws IOException {
    return KeyRing.open(settings.data(), InstantSource.system());
  }

  @Bean
  TokenIssuer tokenIssuer(KeyRing keys, Settings settings) {
    return new TokenIssuer(keys, settings.tokens(), InstantSource.system());
  }

  @Bean
  JwtDecoder tokens(Settings settings, KeyRing builtIn) {
    External external = settings.security().external();
    TokenKeys keys =
        external == null ? builtIn : new RemoteKeys(external, settings.tokens().issuer());
    NimbusJwtDecoder signatures =
        NimbusJwtDecoder.withJwkSource(keys)
            .jwsAlgorithms(
                allowed -> {
                  allowed.add(SignatureAlgorithm.RS256);
                  allowed.add(SignatureAlgorithm.ES256);
                })
            .jwtProcessorCustomizer(
                // the type is judged with the claims
                processor -> processor.setJWSTypeVerifier((_, _) -> {}))
            .build();
    signatures.setJwtValidator(_ -> OAuth2TokenValidatorResult.success()); // judged each time
    return new VerifiedTokens(signatures, claims(settings.tokens()), keys);
  }

  private static OAuth2TokenValidator<Jwt> claims(Settings.Tokens settings) {
    return new DelegatingOAuth2TokenValidator<>(
        new JwtTimestampValidator(settings.clockSkew()),
        new JwtIssuerValidator(settings.issuer()),
        new JwtClaimValidator<Collection<String>>(
            JwtClaimNames.AUD,
            audience -> audience != null && audience.contains(settings.audience())),
        new JwtClaimValidator<Instant>(JwtClaimNames.EXP, Objects::nonNull),
        new JwtClaimValidator<String>(JwtClaimNames.SUB, BearerTokens::isName),
        token -> type(token, settings.types()));
  }

  private static OAuth2TokenValidatorResult type(Jwt token, List<String> allowed) {
    String type = token.getHeaders().get("typ") instanceof String text ? text : "absent";
    String plain = type.toLowerCase(Locale.ROOT).replaceFirst("^application/", "");
    return allowed.stream().anyMatch(plain::equalsIgnoreCase)
        ? OAuth2TokenValidatorResult.success()
        : OAuth2TokenValidatorResult.failure(new OAuth2Error("invalid_token"));
  }

  /// Spaces around a name are refused because databases differ in whether they count.
  private static boolean isName(@Nullable String subject) {
    return subject != null
        && !subject.isEmpty()
        && subject.length() <= MOST_LETTERS
        && subject.equals(subject.strip())
        && subject.chars().noneMatch(Character::isISOControl);
  }
}
