package ai.hartonomous.platform.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Checks that a document says at least what another one fixes.
///
/// @param fixed the document to agree with
/// @param document the document in question
record Agreement(JsonNode fixed, JsonNode document) {

  private static final List<String> CONSTRAINTS =
      List.of(
          "type",
          "format",
          "maxLength",
          "minLength",
          "minItems",
          "maxItems",
          "minimum",
          "maximum",
          "default",
          "example");

  void check() {
    String base = URI.create(fixed.at("/servers/0/url").asString()).getPath();
    fixed
        .path("paths")
        .forEachEntry(
            (path, methods) ->
                methods.forEachEntry(
                    (method, operation) -> checkOperation(base + path, method, operation)));
    fixed.at("/components/schemas").forEachEntry(this::checkSchema);
    assertThat(document.at("/components/securitySchemes"))
        .isEqualTo(fixed.at("/components/securitySchemes"));
    assertThat(document.path("security")).isEqualTo(fixed.path("security"));
    assertThat(document.path("openapi")).isEqualTo(fixed.path("openapi"));
    for (String name : fixed.path("info").propertyNames()) {
      assertThat(document.path("info").get(name)).as(name).isEqualTo(fixed.path("info").get(name));
    }
    for (JsonNode server : fixed.path("servers")) {
      String host = server.path("url").asString().replaceFirst(base + "$", "");
      assertThat(document.path("servers").findValuesAsString("url")).contains(host);
    }
  }

  private void checkOperation(String path, String method, JsonNode operation) {
    JsonNode ours = document.path("paths").path(path).path(method);
    for (String field : List.of("tags", "operationId", "summary")) {
      if (operation.has(field)) {
        assertThat(ours.get(field))
            .as("%s of %s %s", field, method, path)
            .isEqualTo(operation.get(field));
      }
    }
    assertThat(ours.at("/requestBody/required")).isEqualTo(operation.at("/requestBody/required"));
    assertThat(schema(ours.path("requestBody"))).isEqualTo(schema(operation.path("requestBody")));
    operation
        .path("responses")
        .forEachEntry(
            (status, response) -> {
              JsonNode answer = ours.path("responses").path(status);
              assertThat(answer.isObject()).as("%s of %s %s", status, method, path).isTrue();
              if (response.has("content")) {
                assertThat(schema(answer)).as(status).isEqualTo(schema(response));
              }
            });
  }

  /// {@return the schema of the first form of a body}
  private static String schema(JsonNode body) {
    return body.path("content").iterator().next().at("/schema/$ref").asString();
  }

  private void checkSchema(String name, JsonNode schema) {
    JsonNode ours = document.at("/components/schemas").path(name);
    assertThat(ours.path("type")).as(name).isEqualTo(schema.path("type"));
    assertThat(texts(ours.path("required")))
        .as("required of %s", name)
        .containsExactlyInAnyOrderElementsOf(texts(schema.path("required")));
    schema
        .path("properties")
        .forEachEntry(
            (field, property) ->
                checkProperty(name + "." + field, ours.path("properties").path(field), property));
  }

  private static void checkProperty(String name, JsonNode ours, JsonNode property) {
    for (String constraint : CONSTRAINTS) {
      if (property.has(constraint)) {
        assertThat(plain(ours.path(constraint)))
            .as("%s of %s", constraint, name)
            .isEqualTo(plain(property.path(constraint)));
      }
    }
    if (property.has("items")) {
      checkProperty(name + ".items", ours.path("items"), property.path("items"));
    }
  }

  /// A number by its value: 1 and 1.0 are the same constraint.
  private static Object plain(JsonNode value) {
    return value.isNumber() ? (Object) value.asDouble() : value;
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }
}
