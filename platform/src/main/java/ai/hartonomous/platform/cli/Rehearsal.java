package ai.hartonomous.platform.cli;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.security.TokenIssuer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/// What a server is asked once so that Java sees which classes a start needs: the launcher keeps
/// them, loaded and linked, in a cache for later starts.
final class Rehearsal {

  private static final List<String> ASKED =
      List.of(
          "/health/ready",
          "/v1/models",
          "/v1/agents",
          "/v1/jobs",
          "/v1/capabilities",
          "/v1/deployments",
          "/openai/v1/models",
          "/v1/nothing");

  private Rehearsal() {}

  /// Asks a server on this machine.
  ///
  /// @param port where it listens
  /// @param data its data folder
  /// @throws IOException if it does not answer
  /// @throws InterruptedException if the thread is interrupted meanwhile
  static void run(int port, Path data) throws IOException, InterruptedException {
    String token =
        TokenIssuer.open(data, Settings.fromEnvironment().tokens(), InstantSource.system())
            .issue("rehearsal", Duration.ofMinutes(1));
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (String path : ASKED) {
        client.send(request(port, path, token).GET().build(), BodyHandlers.ofString());
      }
      client.send(
          request(port, "/v1/agents", token)
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString("{\"name\": \"\"}"))
              .build(),
          BodyHandlers.ofString());
    }
  }

  private static HttpRequest.Builder request(int port, String path, String token) {
    return HttpRequest.newBuilder(URI.create("http://localhost:%d%s".formatted(port, path)))
        .timeout(Duration.ofSeconds(30))
        .header("Authorization", "Bearer " + token);
  }
}
