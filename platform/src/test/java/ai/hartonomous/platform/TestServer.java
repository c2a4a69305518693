package ai.hartonomous.platform;

import ai.hartonomous.platform.security.Role;
import ai.hartonomous.platform.security.TokenIssuer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A real server on a free port with a database file, and a client that speaks HTTP to it.
@SuppressWarnings("doclint:missing") // parameters of a test fixture
public final class TestServer implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path data;
  private final ConfigurableApplicationContext context;
  private final HttpClient client = HttpClient.newHttpClient();
  private final TokenIssuer issuer;

  /// Starts a server on the database that the system property `test.database` names: `h2` (a file
  /// below the data folder) or `postgresql` (a database of a real PostgreSQL that belongs to the
  /// folder).
  public TestServer(Path data) throws IOException {
    this(data, TestDatabase.settings(data));
  }

  /// Starts a server with settings of its own.
  public TestServer(Path data, Map<String, String> settings) throws IOException {
    this.data = data;
    Path imports = Files.createDirectories(data.resolve("imports"));
    var all = new HashMap<String, String>();
    all.put("server.port", "0");
    all.put("hartonomous.data", data.toString());
    all.put("hartonomous.import-dir", imports.toString());
    all.put("logging.threshold.console", "off");
    all.put("hartonomous.money.bill-months", "false"); // tests bill their months themselves
    all.put("hartonomous.money.payouts.name", "Zażółć & Söhne");
    all.put("hartonomous.money.payouts.iban", "DE89370400440532013000");
    all.putAll(settings);
    this.context = Application.start(all);
    this.issuer =
        TokenIssuer.open(data, Settings.fromEnvironment().tokens(), InstantSource.system());
  }

  private static final class Shared {
    private static final TestServer SERVER = start();

    private static TestServer start() {
      try {
        var server = new TestServer(Files.createTempDirectory("hartonomous"));
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// {@return the server that all test classes share}
  public static TestServer shared() {
    return Shared.SERVER;
  }

  /// {@return a bean of the server}
  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /// {@return the data folder}
  public Path data() {
    return data;
  }

  /// {@return a good token}
  public String token(String user) {
    return issuer.issue(user, Duration.ofMinutes(10));
  }

  /// {@return a good token of a user who is an administrator too}
  public String adminToken(String user) {
    return issuer.issue(user, Set.of(Role.ADMIN), Duration.ofMinutes(10));
  }

  /// {@return a good token of a user with a role}
  public String token(String user, Role role) {
    return issuer.issue(user, Set.of(role), Duration.ofMinutes(10));
  }

  /// {@return the answer to a request with a user's token}
  public Answer send(String user, String method, String path, BodyPublisher body, String type)
      throws IOException, InterruptedException {
    return send(
        request(path)
            .method(method, body)
            .header("Authorization", "Bearer " + token(user))
            .header("Content-Type", type));
  }

  /// {@return the answer to GET}
  public Answer get(String user, String path) throws IOException, InterruptedException {
    return send(user, "GET", path, BodyPublishers.noBody(), "application/json");
  }

  /// {@return the answer to POST with a JSON body}
  public Answer post(String user, String path, String json)
      throws IOException, InterruptedException {
    return send(user, "POST", path, BodyPublishers.ofString(json), "application/json");
  }

  /// {@return the answer to DELETE}
  public Answer delete(String user, String path) throws IOException, InterruptedException {
    return send(user, "DELETE", path, BodyPublishers.noBody(), "application/json");
  }

  /// {@return a request to this server}
  public HttpRequest.Builder request(String path) {
    String port = context.getEnvironment().getRequiredProperty("local.server.port");
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
        .timeout(Duration.ofSeconds(60));
  }

  /// {@return the answer to any request}
  public Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
    return new Answer(response.statusCode(), response.body(), response);
  }

  /// {@return a text as JSON}
  public static JsonNode parse(String json) {
    return JSON.readTree(json);
  }

  /// An answer.
  public record Answer(int status, String body, HttpResponse<String> response) {

    /// {@return the body as JSON}
    public JsonNode json() {
      return JSON.readTree(body);
    }

    /// {@return a header, or an empty text}
    public String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }

  @Override
  public void close() {
    context.close();
  }
}
