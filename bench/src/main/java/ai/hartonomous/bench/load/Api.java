package ai.hartonomous.bench.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The server's HTTP API for one user.
///
/// @param client what sends
/// @param url scheme, host and port
/// @param token bearer token
record Api(HttpClient client, String url, String token) implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// A client of its own.
  Api(String url, String token) {
    this(HttpClient.newHttpClient(), url, token);
  }

  /// {@return the answer as JSON}
  ///
  /// @param path path and query
  /// @throws IOException if the answer is not 2xx; tells what the server said
  /// @throws InterruptedException if the thread is interrupted
  JsonNode get(String path) throws IOException, InterruptedException {
    return send(request(path).GET());
  }

  /// {@return the answer as JSON}
  ///
  /// @param path path and query
  /// @param type media type of the body
  /// @param body what to send
  /// @throws IOException if the answer is not 2xx; tells what the server said
  /// @throws InterruptedException if the thread is interrupted
  JsonNode post(String path, String type, byte[] body) throws IOException, InterruptedException {
    return send(request(path).header("Content-Type", type).POST(BodyPublishers.ofByteArray(body)));
  }

  /// {@return the answer as JSON to a JSON body}
  ///
  /// @param preference header `Prefer`
  /// @param path path and query
  /// @param body what to send
  /// @throws IOException if the answer is not 2xx; tells what the server said
  /// @throws InterruptedException if the thread is interrupted
  JsonNode postPreferring(String preference, String path, byte[] body)
      throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .header("Prefer", preference)
            .POST(BodyPublishers.ofByteArray(body)));
  }

  /// {@return all items of a list, page by page}
  ///
  /// @param path path without a query
  /// @throws IOException if an answer is not 2xx
  /// @throws InterruptedException if the thread is interrupted
  List<JsonNode> all(String path) throws IOException, InterruptedException {
    List<JsonNode> items = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = get(path + "?limit=500" + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
      page.get("items").forEach(items::add);
      cursor = page.path("next").asString("");
    } while (!cursor.isEmpty());
    return items;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .header("Authorization", "Bearer " + token);
  }

  /// {@return the answer to any request}
  ///
  /// @param request what to send, without the token
  /// @throws IOException if the answer is not 2xx; tells what the server said
  /// @throws InterruptedException if the thread is interrupted
  JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpRequest sent = request.build();
    HttpResponse<String> answer = client.send(sent, BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2) {
      throw new IOException(
          "%s %s: %d %s"
              .formatted(sent.method(), sent.uri().getPath(), answer.statusCode(), answer.body()));
    }
    return answer.body().isEmpty() ? JSON.nullNode() : JSON.readTree(answer.body());
  }

  @Override
  public void close() {
    client.close();
  }
}
