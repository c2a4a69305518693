package ai.hartonomous.platform.contract;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.contract.Operations.Operation;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Makes requests from operations and breaks them.
final class BrokenRequests {

  private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

  private static final List<String> STRANGE =
      List.of(
          "",
          " ",
          "null",
          "0",
          "-1",
          "1e309",
          "99999999999999999999",
          "NaN",
          "true",
          "a'; drop table model; --",
          "%",
          "../../etc/passwd",
          "{id}",
          "[]",
          "\u0000",
          "\ud83d\ude00",
          "\u202eA\u0301",
          "00000000-0000-0000-0000-000000000000",
          "00000000-0000-0000-0000-00000000000g",
          "x".repeat(3000));

  private static final List<String> TYPES =
      List.of(
          "text/plain",
          "application/xml",
          "application/x-www-form-urlencoded",
          "multipart/form-data; boundary=x",
          "multipart/form-data",
          "application/json; charset=utf-16",
          "application/json; charset=nonsense",
          "application/x-tar",
          "application/octet-stream",
          "application/jsonl",
          "nonsense",
          "*/*");

  private final TestServer server;
  private final Belongings owned;
  private final SplittableRandom random;
  private final BrokenBodies bodies;

  BrokenRequests(TestServer server, Belongings owned, SplittableRandom random)
      throws IOException, InterruptedException {
    this.server = server;
    this.owned = owned;
    this.random = random;
    this.bodies = new BrokenBodies(new SchemaSamples(Operations.document(server)), owned, random);
  }

  /// A request, and what it was made of.
  ///
  /// @param samePath whether it still is for the operation that it was made from
  record Sent(HttpRequest.Builder request, String line, String body, boolean samePath) {
    @Override
    public String toString() {
      return line + "\n" + (body.length() > 2000 ? body.substring(0, 2000) + "..." : body);
    }
  }

  Sent next(Operation operation, String token) {
    var broken = new boolean[1];
    String path = path(operation, broken) + query(operation);
    JsonNode content = operation.said().at("/requestBody/content");
    String type = "application/json";
    String body = "";
    if (content.isObject()) {
      List<String> types = List.copyOf(content.propertyNames());
      type = types.get(random.nextInt(types.size()));
      body = bodies.of(type, content.path(type).path("schema"));
    } else if (chance(10)) {
      body = bodies.anything();
    }
    HttpRequest.Builder request =
        server
            .request(path)
            .method(operation.method(), BodyPublishers.ofString(body))
            .header("Authorization", "Bearer " + token)
            .header("Prefer", "respond-async");
    if (chance(95)) {
      type = chance(10) ? pick(TYPES) : type;
      request.header("Content-Type", type);
    }
    headers(request);
    String line = operation.method() + " " + path + " " + type;
    return new Sent(request, line, body, !broken[0]);
  }

  private void headers(HttpRequest.Builder request) {
    if (chance(5)) {
      request.header("Accept", pick(List.of("text/html", "image/png", "nonsense", "*/*;q=0")));
    }
    if (chance(5)) {
      request.header("X-Request-Id", pick(List.of("good-id", "a b", "x".repeat(200))));
    }
    if (chance(5)) {
      String key = pick(List.of("\"k\"", "k", "a b", "\"\"", UUID.randomUUID().toString()));
      request.header("Idempotency-Key", key);
    }
    if (chance(5)) {
      request.header("Last-Event-ID", pick(List.of("1", "-1", "x", "99999999999")));
    }
    if (chance(5)) {
      request.header("Range", pick(List.of("bytes=0-1", "bytes=9-1", "bytes=-", "x")));
    }
    if (chance(5)) {
      request.header("If-None-Match", pick(List.of("*", "\"x\"", "x")));
    }
  }

  private String path(Operation operation, boolean[] broken) {
    Matcher parameters = PARAMETER.matcher(operation.path());
    return parameters.replaceAll(
        it -> {
          String value = owned.ofPath(operation.path().substring(0, it.end()));
          // What is gone can be asked for no more.
          boolean ending = operation.method().equals("DELETE");
          if (chance(ending ? 95 : 20)) {
            boolean same = Belongings.COMMON.contains(value);
            return same ? value : UUID.randomUUID().toString();
          }
          if (chance(15)) {
            broken[0] = true;
            return Matcher.quoteReplacement(encoded(pick(STRANGE)));
          }
          return Matcher.quoteReplacement(value);
        });
  }

  private String query(Operation operation) {
    var query = new ArrayList<String>();
    for (JsonNode parameter : operation.parameters("query")) {
      if (parameter.path("required").asBoolean() ? chance(90) : chance(40)) {
        String value = chance(50) ? bodies.text(parameter.path("schema")) : pick(STRANGE);
        query.add(parameter.path("name").asString() + "=" + encoded(value));
      }
    }
    if (chance(3)) {
      query.add("unknown=" + encoded(pick(STRANGE)));
    }
    return query.isEmpty() ? "" : "?" + String.join("&", query);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private <T> T pick(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
