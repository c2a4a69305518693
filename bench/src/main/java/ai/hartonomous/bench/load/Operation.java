package ai.hartonomous.bench.load;

import java.util.List;
import java.util.function.Function;

/// What is asked of the server, over and over.
///
/// @param name short name
/// @param title method and path for people
/// @param rate requests per second that it must serve; 0 where only the time counts
/// @param p99Millis time in which 99 of 100 answers must be there
/// @param requests makes the requests from what the server holds
record Operation(
    String name, String title, int rate, int p99Millis, Function<Stock, List<Request>> requests) {

  private static final int QUERY_MILLIS = 200;
  private static final int CREATE_MILLIS = 5000;
  private static final String JSON = "Content-Type: application/json";

  /// All operations, those that leave something behind at the end.
  static final List<Operation> ALL =
      List.of(
          new Operation(
              "agents",
              "GET /v1/agents",
              1000,
              QUERY_MILLIS,
              _ -> List.of(Request.get("/v1/agents"))),
          new Operation(
              "components",
              "GET /v1/models/{id}/components",
              2000,
              QUERY_MILLIS,
              stock ->
                  stock.models().stream()
                      .map(id -> Request.get("/v1/models/" + id + "/components"))
                      .toList()),
          new Operation(
              "create",
              "POST /v1/agents",
              100,
              CREATE_MILLIS,
              stock ->
                  stock.models().stream()
                      .map(
                          id ->
                              new Request(
                                  "POST",
                                  "/v1/agents",
                                  List.of(JSON, "Prefer: respond-async"),
                                  Seed.agent("load", id)))
                      .toList()));

  /// One request.
  ///
  /// @param method HTTP method
  /// @param path path and query
  /// @param headers `Name: value`, without the token
  /// @param body text in one line; empty for none
  record Request(String method, String path, List<String> headers, String body) {
    /// Copies the list.
    Request {
      headers = List.copyOf(headers);
    }

    static Request get(String path) {
      return new Request("GET", path, List.of(), "");
    }
  }

  /// What the server holds.
  ///
  /// @param models ids of the models, in an order drawn by lot
  record Stock(List<String> models) {
    /// Copies the list.
    Stock {
      models = List.copyOf(models);
    }
  }
}
