package ai.hartonomous.platform.account;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.account.Logins.Granted;
import ai.hartonomous.platform.account.Logins.Throttled;
import ai.hartonomous.platform.security.KeyRing;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/// The token endpoint of OAuth 2 (RFC 6749), revocation (RFC 7009) and the documents that tell
/// clients about the built-in issuer (RFC 8414). Errors have the form of those RFCs.
@RestController
@Tag(name = "Tokens")
class TokenResource {

  private static final String TOKEN = "/v1/auth/token";
  private static final String REVOKE = "/v1/auth/revoke";
  private static final String KEYS = "/.well-known/jwks.json";
  private static final int MOST_LETTERS = 1_000;

  private final Logins logins;
  private final KeyRing keys;
  private final Settings settings;

  TokenResource(Logins logins, KeyRing keys, Settings settings) {
    this.logins = logins;
    this.keys = keys;
    this.settings = settings;
  }

  @Operation(
      operationId = "issueToken",
      summary = "A token for a password, a secret or a refresh token")
  @PostMapping(path = TOKEN, consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
  ResponseEntity<Map<String, Object>> token(
      @RequestBody MultiValueMap<String, String> form,
      @RequestHeader(name = HttpHeaders.AUTHORIZATION, required = false)
          @Nullable String authorization,
      HttpServletRequest request) {
    requireBuiltIn();
    String address = request.getRemoteAddr();
    try {
      refuseQuery(request);
      String grant = field(form, "grant_type");
      Optional<Granted> granted =
          switch (grant) {
            case "password" ->
                logins.person(field(form, "username"), field(form, "password"), address);
            case "refresh_token" -> logins.refresh(field(form, "refresh_token"), address);
            case "client_credentials" -> service(form, authorization, address);
            default -> throw new FormException("unsupported_grant_type", "is not one of ours");
          };
      return granted
          .map(TokenResource::answer)
          .orElseGet(
              () ->
                  grant.equals("client_credentials")
                      ? error(HttpStatus.UNAUTHORIZED, "invalid_client", "Not these credentials.")
                      : error(HttpStatus.BAD_REQUEST, "invalid_grant", "Not these credentials."));
    } catch (FormException e) {
      return error(HttpStatus.BAD_REQUEST, e.code, String.valueOf(e.getMessage()));
    } catch (Throttled _) {
      return error(HttpStatus.TOO_MANY_REQUESTS, "temporarily_unavailable", "Too many attempts.");
    }
  }

  @Operation(operationId = "revokeToken", summary = "End a login")
  @PostMapping(path = REVOKE, consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
  ResponseEntity<Map<String, Object>> revoke(@RequestBody MultiValueMap<String, String> form) {
    requireBuiltIn();
    try {
      logins.revoke(field(form, "token"));
    } catch (FormException e) {
      return error(HttpStatus.BAD_REQUEST, e.code, String.valueOf(e.getMessage()));
    }
    return ResponseEntity.ok(Map.of());
  }

  /// A person's new password.
  ///
  /// @param current the one before
  /// @param fresh the new one
  record PasswordChange(
      @NotNull @Size(max = 200) String current, @NotNull @Size(max = 200) String fresh) {}

  @Operation(operationId = "changePassword", summary = "Another password for the user")
  @PostMapping("/v1/auth/password")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void password(@Valid @RequestBody PasswordChange change, HttpServletRequest request) {
    requireBuiltIn();
    try {
      logins.changePassword(
          Tenant.current(), change.current(), change.fresh(), request.getRemoteAddr());
    } catch (Throttled _) {
      throw new ProblemException(Problem.of(429, "too-many-attempts", "Too many attempts."));
    }
  }

  @Hidden
  @GetMapping(path = KEYS, produces = MediaType.APPLICATION_JSON_VALUE)
  String keys() {
    requireBuiltIn();
    return keys.publicKeys();
  }

  @Hidden
  @GetMapping({"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"})
  Map<String, Object> metadata() {
    requireBuiltIn();
    String base = ServletUriComponentsBuilder.fromCurrentContextPath().toUriString();
    var document = new LinkedHashMap<String, Object>();
    document.put("issuer", settings.tokens().issuer());
    document.put("token_endpoint", base + TOKEN);
    document.put("revocation_endpoint", base + REVOKE);
    document.put("jwks_uri", base + KEYS);
    document.put(
        "grant_types_supported", List.of("password", "refresh_token", "client_credentials"));
    document.put("response_types_supported", List.of());
    document.put(
        "token_endpoint_auth_methods_supported",
        List.of("client_secret_basic", "client_secret_post", "none"));
    return document;
  }

  private void requireBuiltIn() {
    if (settings.security().external() != null) {
      throw new ProblemException(
          Problem.of(404, "not-found", "The tokens of this server come from another issuer."));
    }
  }

  private Optional<Granted> service(
      MultiValueMap<String, String> form, @Nullable String authorization, String address) {
    if (authorization == null) {
      return logins.service(field(form, "client_id"), field(form, "client_secret"), address);
    }
    String[] pair = basic(authorization).split(":", 2);
    if (pair.length != 2) {
      throw new FormException("invalid_request", "The header Authorization must be Basic.");
    }
    return logins.service(pair[0], pair[1], address);
  }

  private static String basic(String authorization) {
    if (!authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
      throw new FormException("invalid_request", "The header Authorization must be Basic.");
    }
    try {
      byte[] decoded = Base64.getDecoder().decode(authorization.substring(6).strip());
      return new String(decoded, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      throw new FormException("invalid_request", "The header Authorization must be Basic.");
    }
  }

  private static String field(MultiValueMap<String, String> form, String name) {
    List<String> values = form.getOrDefault(name, List.of());
    if (values.size() != 1 || values.getFirst() == null) {
      throw new FormException("invalid_request", name + " must come once");
    }
    if (values.getFirst().length() > MOST_LETTERS) {
      throw new FormException("invalid_request", name + " is too long");
    }
    return values.getFirst();
  }

  /// Secrets in the address would end up in logs.
  private static void refuseQuery(HttpServletRequest request) {
    if (request.getQueryString() != null) {
      throw new FormException("invalid_request", "The form must come in the body.");
    }
  }

  private static ResponseEntity<Map<String, Object>> answer(Granted granted) {
    var body = new LinkedHashMap<String, Object>();
    body.put("access_token", granted.accessToken());
    body.put("token_type", "Bearer");
    body.put("expires_in", granted.expiresIn());
    if (granted.refreshToken() != null) {
      body.put("refresh_token", granted.refreshToken());
    }
    return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
  }

  private static ResponseEntity<Map<String, Object>> error(
      HttpStatus status, String code, String description) {
    ResponseEntity.BodyBuilder answer =
        ResponseEntity.status(status)
            .cacheControl(CacheControl.noStore())
            .contentType(MediaType.APPLICATION_JSON); // whatever is accepted: it is an error
    if (status == HttpStatus.UNAUTHORIZED) {
      answer.header(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"hartonomous\"");
    }
    if (status == HttpStatus.TOO_MANY_REQUESTS) {
      answer.header(HttpHeaders.RETRY_AFTER, "30");
    }
    return answer.body(Map.of("error", code, "error_description", description));
  }

  private static final class FormException extends RuntimeException {
    private final String code;

    FormException(String code, String message) {
      super(message, null, false, false);
      this.code = code;
    }
  }
}
