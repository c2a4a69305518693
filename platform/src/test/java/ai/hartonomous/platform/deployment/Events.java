package ai.hartonomous.platform.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/// An answer as server-sent events, as they come.
@SuppressWarnings("doclint:missing") // parameters of a test fixture
public final class Events implements AutoCloseable {

  private final HttpClient client = HttpClient.newHttpClient();
  private final Iterator<String> lines;

  /// Asks.
  public Events(TestServer server, String user, String model, String rest) throws Exception {
    HttpResponse<Stream<String>> response =
        client.send(
            server
                .request("/openai/v1/completions")
                .header("Authorization", "Bearer " + server.token(user))
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofString(
                        "{\"model\":\"%s\",%s,\"stream\":true}".formatted(model, rest)))
                .build(),
            BodyHandlers.ofLines());
    assertThat(response.statusCode()).isEqualTo(200);
    lines = response.body().iterator();
  }

  /// {@return the next event}
  public String next() {
    String line = "";
    while (!line.startsWith("data: ")) {
      line = lines.next();
    }
    return line.substring("data: ".length());
  }

  List<String> rest() {
    List<String> rest = new ArrayList<>();
    lines.forEachRemaining(
        line -> {
          if (line.startsWith("data: ")) {
            rest.add(line.substring("data: ".length()));
          }
        });
    return rest;
  }

  String last() {
    return rest().getLast();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
