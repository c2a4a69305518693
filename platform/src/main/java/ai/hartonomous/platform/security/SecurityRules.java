package ai.hartonomous.platform.security;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemWriter;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.firewall.RequestRejectedHandler;

/// Every path needs a good bearer token or API key, except those that {@link Access} leaves open.
@Configuration(proxyBeanMethods = false)
class SecurityRules {

  private static final Problem NO_KEYS =
      Problem.of(503, "issuer-unavailable", "The issuer of the tokens does not answer.");

  @Bean
  SecurityFilterChain rules(
      HttpSecurity http,
      ProblemWriter problems,
      JwtDecoder tokens,
      Settings settings,
      ObjectProvider<AuthenticationProvider> others) {
    var access = new Access();
    AuthenticationManager manager = manager(tokens, settings, others.orderedStream().toList());
    BrowserRules.headers(http);
    BrowserRules.origins(http, settings.security().browsers());
    return http.csrf(AbstractHttpConfigurer::disable) // no cookies, so nothing to forge
        .sessionManagement(it -> it.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .requestCache(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .authorizeHttpRequests(it -> it.anyRequest().access(access))
        .oauth2ResourceServer(
            it ->
                it.authenticationManagerResolver(_ -> manager)
                    .bearerTokenResolver(new OneBearerToken())
                    .authenticationEntryPoint(entry(problems))
                    .accessDeniedHandler(
                        (request, response, _) ->
                            problems.write(request, response, Problem.FORBIDDEN)))
        .build();
  }

  private static AuthenticationManager manager(
      JwtDecoder tokens, Settings settings, List<AuthenticationProvider> others) {
    var all = new ArrayList<>(others);
    all.add(new TokenAuthentication(tokens, new TokenRoles(settings.tokens())));
    return new ProviderManager(all);
  }

  private static AuthenticationEntryPoint entry(ProblemWriter problems) {
    return (request, response, reason) -> {
      if (reason instanceof IssuerUnavailableException) {
        response.setHeader(HttpHeaders.RETRY_AFTER, "10");
        problems.write(request, response, NO_KEYS);
      } else {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        problems.write(request, response, Problem.UNAUTHORIZED);
      }
    };
  }

  @Bean
  RequestRejectedHandler rejected(ProblemWriter problems) {
    return (request, response, _) ->
        problems.write(
            request, response, Problem.of(400, "invalid-request", "The path is not valid."));
  }
}
