package ai.hartonomous.platform.security;

import static org.springframework.security.config.Customizer.withDefaults;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemWriter;
import com.nimbusds.jose.JOSEException;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.firewall.RequestRejectedHandler;

/// Every path needs a good bearer token except the health checks.
@Configuration(proxyBeanMethods = false)
class SecurityRules {

  @Bean
  SecurityFilterChain rules(HttpSecurity http, ProblemWriter problems) {
    return http.csrf(AbstractHttpConfigurer::disable) // no cookies, so nothing to forge
        .sessionManagement(it -> it.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .requestCache(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .authorizeHttpRequests(
            it ->
                it.requestMatchers("/health", "/health/*")
                    .permitAll()
                    .requestMatchers(
                        "/v3/api-docs", "/v3/api-docs/swagger-config", "/swagger-ui/**")
                    .permitAll()
                    .anyRequest()
                    .authenticated())
        .oauth2ResourceServer(
            it ->
                it.jwt(withDefaults())
                    .authenticationEntryPoint(
                        (request, response, _) -> {
                          response.setHeader("WWW-Authenticate", "Bearer");
                          problems.write(request, response, Problem.UNAUTHORIZED);
                        })
                    .accessDeniedHandler(
                        (request, response, _) ->
                            problems.write(request, response, Problem.FORBIDDEN)))
        .build();
  }

  @Bean
  RequestRejectedHandler rejected(ProblemWriter problems) {
    return (request, response, _) ->
        problems.write(
            request, response, Problem.of(400, "invalid-request", "The path is not valid."));
  }

  @Bean
  JwtDecoder tokens(Settings settings) throws IOException, JOSEException {
    NimbusJwtDecoder decoder =
        NimbusJwtDecoder.withPublicKey(SigningKey.open(settings.data()).toRSAPublicKey())
            .signatureAlgorithm(SignatureAlgorithm.RS256)
            .build();
    decoder.setJwtValidator(
        new DelegatingOAuth2TokenValidator<>(
            new JwtTimestampValidator(settings.tokens().clockSkew()),
            new JwtIssuerValidator(settings.tokens().issuer()),
            new JwtClaimValidator<Collection<String>>(
                JwtClaimNames.AUD,
                audience -> audience != null && audience.contains(settings.tokens().audience())),
            new JwtClaimValidator<Instant>(JwtClaimNames.EXP, expiry -> expiry != null),
            new JwtClaimValidator<String>(
                JwtClaimNames.SUB, subject -> subject != null && !subject.isBlank())));
    return decoder;
  }
}
