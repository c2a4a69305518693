package ai.hartonomous.platform.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Speaks to a server as any client would.
///
/// @param base address of the server
/// @param token bearer token
/// @param http connection
record ApiClient(URI base, String token, HttpClient http) {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String DATA = "data: ";

  JsonNode get(String path) throws IOException, InterruptedException {
    return send(request(path).GET());
  }

  JsonNode post(String path, String json) throws IOException, InterruptedException {
    return upload(path, "application/json", BodyPublishers.ofString(json));
  }

  JsonNode upload(String path, String type, BodyPublisher body)
      throws IOException, InterruptedException {
    return send(request(path).header("Content-Type", type).POST(body));
  }

  /// Passes on the data of every server-sent event until the stream ends.
  void events(HttpRequest.Builder request, Consumer<String> listener)
      throws IOException, InterruptedException {
    var response = http.send(request.build(), BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      refuseFailure(response.statusCode(), body);
      var lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(DATA)) {
          listener.accept(line.substring(DATA.length()));
        }
      }
    }
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path)).header("Authorization", "Bearer " + token);
  }

  static JsonNode parse(String json) {
    return JSON.readTree(json);
  }

  private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
    var response = http.send(request.build(), BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      refuseFailure(response.statusCode(), body);
      return JSON.readTree(body);
    }
  }

  private static void refuseFailure(int status, InputStream body) throws IOException {
    if (status >= 300) {
      throw new IOException(
          "the server answered %d: %s"
              .formatted(status, new String(body.readAllBytes(), StandardCharsets.UTF_8)));
    }
  }
}
