package ai.hartonomous.platform.contract;

import ai.hartonomous.platform.TestServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// The operations of a server's OpenAPI document.
final class Operations {

  private Operations() {}

  /// One operation.
  ///
  /// @param method in capital letters
  /// @param path with the names of parameters in braces
  /// @param said what the document says about it
  record Operation(String method, String path, JsonNode said) {

    String id() {
      return said.path("operationId").asString("");
    }

    List<JsonNode> parameters(String in) {
      return said.path("parameters")
          .valueStream()
          .filter(it -> it.path("in").asString().equals(in))
          .toList();
    }

    Set<String> statuses() {
      return Set.copyOf(said.path("responses").propertyNames());
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  static JsonNode document(TestServer server) throws IOException, InterruptedException {
    return server.send(server.request("/v3/api-docs")).json();
  }

  static List<Operation> of(TestServer server) throws IOException, InterruptedException {
    var operations = new ArrayList<Operation>();
    document(server)
        .path("paths")
        .forEachEntry(
            (path, methods) ->
                methods.forEachEntry(
                    (method, said) ->
                        operations.add(
                            new Operation(method.toUpperCase(Locale.ROOT), path, said))));
    return operations;
  }
}
