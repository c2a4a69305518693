package ai.hartonomous.platform.account;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.security.Role;
import ai.hartonomous.platform.security.TokenIssuer;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class LoginIT {

  private static final String PASSWORD = "correct horse battery";

  private final TestServer server = TestServer.shared();
  private final String name = "u" + UUID.randomUUID();

  private Answer admin(String method, String path, String body) throws Exception {
    String token =
        TokenIssuer.open(server.data(), Settings.fromEnvironment().tokens(), InstantSource.system())
            .issue("root", Set.of(Role.ADMIN), Duration.ofMinutes(1));
    return server.send(
        server
            .request(path)
            .method(method, BodyPublishers.ofString(body))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + token));
  }

  private void makePerson() throws Exception {
    Answer made =
        admin(
            "POST",
            "/v1/admin/users",
            "{\"name\":\"%s\",\"roles\":[\"publisher\"],\"password\":\"%s\"}"
                .formatted(name, PASSWORD));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
  }

  private Answer form(String path, String... pairs) throws Exception {
    String body =
        Arrays.stream(pairs)
            .map(
                pair -> {
                  String[] parts = pair.split("=", 2);
                  return parts[0] + "=" + URLEncoder.encode(parts[1], StandardCharsets.UTF_8);
                })
            .collect(Collectors.joining("&"));
    return server.send(
        server
            .request(path)
            .method("POST", BodyPublishers.ofString(body))
            .header("Content-Type", "application/x-www-form-urlencoded"));
  }

  private Answer login(String user, String password) throws Exception {
    return form(
        "/v1/auth/token", "grant_type=password", "username=" + user, "password=" + password);
  }

  private Answer refresh(String token) throws Exception {
    return form("/v1/auth/token", "grant_type=refresh_token", "refresh_token=" + token);
  }

  private int askWith(String token, String path) throws Exception {
    return server.send(server.request(path).header("Authorization", "Bearer " + token)).status();
  }

  @Test
  void personLogsInForAQuarterOfAnHour() throws Exception {
    makePerson();

    Answer answer = login(name, PASSWORD);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Cache-Control")).contains("no-store");
    JsonNode tokens = answer.json();
    assertThat(tokens.get("expires_in").asInt()).isEqualTo(900);
    String token = tokens.get("access_token").asString();
    assertThat(SignedJWT.parse(token).getJWTClaimsSet().getStringListClaim("roles"))
        .containsExactly("publisher");
    assertThat(askWith(token, "/v1/jobs")).isEqualTo(200);
    assertThat(askWith(token, "/v1/admin/users")).isEqualTo(403);
  }

  @Test
  void answersWrongNamesAndWrongPasswordsAlike() throws Exception {
    makePerson();

    Answer wrongPassword = login(name, "not " + PASSWORD);
    Answer wrongName = login("nobody" + name, PASSWORD);

    assertThat(wrongPassword.status()).isEqualTo(400);
    assertThat(wrongPassword.json().get("error").asString()).isEqualTo("invalid_grant");
    assertThat(wrongName.status()).isEqualTo(wrongPassword.status());
    assertThat(wrongName.body()).isEqualTo(wrongPassword.body());
  }

  @Test
  void takesAsLongForNamesThatDoNotExist() throws Exception {
    makePerson();
    login(name, "warm up the path"); // both ways of the code

    long known = 0;
    long unknown = 0;
    for (int i = 0; i < 4; i++) {
      long start = System.nanoTime();
      login(name, "not " + PASSWORD);
      long middle = System.nanoTime();
      login("nobody" + name, PASSWORD);
      known += middle - start;
      unknown += System.nanoTime() - middle;
    }

    // One hash takes tens of milliseconds, all else a few: without a hash it would be a tenth.
    assertThat((double) unknown / known).isBetween(0.3, 3.0);
  }

  @Test
  void refreshTokenIsGoodOnceAndReuseEndsTheFamily() throws Exception {
    makePerson();
    String first = login(name, PASSWORD).json().get("refresh_token").asString();
    String otherLogin = login(name, PASSWORD).json().get("refresh_token").asString();

    Answer refreshed = refresh(first);
    assertThat(refreshed.status()).isEqualTo(200);
    String second = refreshed.json().get("refresh_token").asString();

    assertThat(refresh(first).status()).isEqualTo(400);
    assertThat(refresh(second).status()).isEqualTo(400);
    assertThat(refresh(otherLogin).status()).isEqualTo(200);
  }

  @Test
  void ofManyWhoRefreshAtOnceNoneGoesOn() throws Exception {
    makePerson();
    String token = login(name, PASSWORD).json().get("refresh_token").asString();

    try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers =
          pool.invokeAll(
              IntStream.range(0, 8).<Callable<Answer>>mapToObj(_ -> () -> refresh(token)).toList());
      for (var future : answers) {
        Answer answer = future.get();
        if (answer.status() == 200) {
          String next = answer.json().get("refresh_token").asString();
          assertThat(refresh(next).status()).isEqualTo(400);
        }
      }
    }
  }

  @Test
  void logoutEndsTheFamilyAndSaysNothing() throws Exception {
    makePerson();
    String token = login(name, PASSWORD).json().get("refresh_token").asString();

    assertThat(form("/v1/auth/revoke", "token=" + token).status()).isEqualTo(200);
    assertThat(form("/v1/auth/revoke", "token=unknown").status()).isEqualTo(200);
    assertThat(refresh(token).status()).isEqualTo(400);
  }

  private Answer changePassword(JsonNode tokens, String current, String fresh) throws Exception {
    String body = "{\"current\":\"%s\",\"fresh\":\"%s\"}".formatted(current, fresh);
    return server.send(
        server
            .request("/v1/auth/password")
            .method("POST", BodyPublishers.ofString(body))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + tokens.get("access_token").asString()));
  }

  @Test
  void whoHasATokenCannotGuessThePasswordWithIt() throws Exception {
    makePerson();
    JsonNode tokens = login(name, PASSWORD).json();

    int tries = 0;
    Answer answer = changePassword(tokens, "wrong horse battery", "mine horse battery");
    while (answer.status() == 400 && tries++ < 20) {
      answer = changePassword(tokens, "wrong horse battery", "mine horse battery");
    }

    assertThat(answer.status()).isEqualTo(429);
    assertThat(tries).isLessThanOrEqualTo(12);
    assertThat(answer.header("Retry-After")).isNotEmpty();
  }

  @Test
  void newPasswordEndsAllLogins() throws Exception {
    makePerson();
    JsonNode tokens = login(name, PASSWORD).json();
    String fresh = "another horse battery";

    Answer changed = changePassword(tokens, PASSWORD, fresh);

    assertThat(changed.status()).as(changed.body()).isEqualTo(204);
    assertThat(refresh(tokens.get("refresh_token").asString()).status()).isEqualTo(400);
    assertThat(login(name, PASSWORD).status()).isEqualTo(400);
    assertThat(login(name, fresh).status()).isEqualTo(200);
  }

  @Test
  void disabledUserGetsNoTokens() throws Exception {
    makePerson();
    String token = login(name, PASSWORD).json().get("refresh_token").asString();

    assertThat(admin("PATCH", "/v1/admin/users/" + name, "{\"disabled\":true}").status())
        .isEqualTo(200);

    assertThat(refresh(token).status()).isEqualTo(400);
    assertThat(login(name, PASSWORD).status()).isEqualTo(400);
  }

  @Test
  void serviceLogsInWithItsSecretInTheHeaderOrInTheForm() throws Exception {
    JsonNode made =
        admin("POST", "/v1/admin/users", "{\"name\":\"%s\",\"kind\":\"service\"}".formatted(name))
            .json();
    String secret = made.get("secret").asString();
    String basic =
        Base64.getEncoder().encodeToString((name + ":" + secret).getBytes(StandardCharsets.UTF_8));

    Answer byForm =
        form(
            "/v1/auth/token",
            "grant_type=client_credentials",
            "client_id=" + name,
            "client_secret=" + secret);
    Answer byHeader =
        server.send(
            server
                .request("/v1/auth/token")
                .method("POST", BodyPublishers.ofString("grant_type=client_credentials"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Authorization", "Basic " + basic));

    assertThat(byForm.status()).as(byForm.body()).isEqualTo(200);
    assertThat(byHeader.status()).as(byHeader.body()).isEqualTo(200);
    assertThat(byForm.json().has("refresh_token")).isFalse();
    assertThat(login(name, secret).status()).isEqualTo(400);
    Answer wrong =
        form(
            "/v1/auth/token",
            "grant_type=client_credentials",
            "client_id=" + name,
            "client_secret=wrong");
    assertThat(wrong.status()).isEqualTo(401);
  }

  @Test
  void slowsGuessingDownForNamesThatExistAndNamesThatDoNot() throws Exception {
    String nobody = "nobody" + name;
    int tries = 0;
    Answer answer = login(nobody, PASSWORD);
    while (answer.status() == 400 && tries++ < 20) {
      answer = login(nobody, PASSWORD);
    }

    assertThat(answer.status()).isEqualTo(429);
    assertThat(tries).isLessThanOrEqualTo(12);
    assertThat(answer.header("Retry-After")).isNotEmpty();
  }

  @Test
  void publishesTheKeysThatItsTokensAreSignedWith() throws Exception {
    makePerson();
    String token = login(name, PASSWORD).json().get("access_token").asString();

    JsonNode metadata = server.send(server.request("/.well-known/openid-configuration")).json();
    Answer keys = server.send(server.request("/.well-known/jwks.json"));

    assertThat(metadata.get("jwks_uri").asString()).endsWith("/.well-known/jwks.json");
    assertThat(
            JWKSet.parse(keys.body()).getKeyByKeyId(SignedJWT.parse(token).getHeader().getKeyID()))
        .isNotNull();
    assertThat(keys.body()).doesNotContain("\"d\"");
  }

  @Test
  void refusesWeakPasswordsTakenNamesAndUnknownRoles() throws Exception {
    makePerson();

    assertThat(create(name, "user", PASSWORD)).isEqualTo(409);
    assertThat(create("x" + name, "user", "short")).isEqualTo(400);
    assertThat(create("x" + name, "emperor", PASSWORD)).isEqualTo(400);
    assertThat(create("../" + name, "user", PASSWORD)).isEqualTo(400);
  }

  private int create(String user, String role, String password) throws Exception {
    return admin(
            "POST",
            "/v1/admin/users",
            "{\"name\":\"%s\",\"roles\":[\"%s\"],\"password\":\"%s\"}"
                .formatted(user, role, password))
        .status();
  }
}
