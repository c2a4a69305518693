package ai.hartonomous.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/// What is asked of the server, over and over.
///
/// @param name short name
/// @param rate requests per second that it must serve; 0 where only the time counts, which is then
///   measured with a few connections for a third of the time
/// @param p99Millis time in which 99 of 100 answers must be there
/// @param requests makes the requests from what the server holds
record Operation(String name, int rate, int p99Millis, Function<Stock, List<Request>> requests) {

  private static final int QUERY_MILLIS = 200;
  private static final int VECTOR_MILLIS = 50;
  private static final int CREATE_MILLIS = 5000;
  private static final String JSON = "Content-Type: application/json";

  /// All operations; the one that leaves jobs behind comes last.
  static final List<Operation> ALL =
      List.of(
          new Operation("agents", 1000, QUERY_MILLIS, _ -> List.of(Request.get("/v1/agents"))),
          new Operation("components", 2000, QUERY_MILLIS, Operation::components),
          new Operation("query", 500, QUERY_MILLIS, Operation::queries),
          new Operation("vector", 0, VECTOR_MILLIS, Operation::vectors),
          new Operation("create", 100, CREATE_MILLIS, Operation::distillations));

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

    static Request post(String path, String body, String... headers) {
      var all = Stream.concat(Stream.of(JSON), Stream.of(headers)).toList();
      return new Request("POST", path, all, body);
    }
  }

  /// What the server holds.
  ///
  /// @param models ids of the models, in an order drawn by lot
  /// @param embedded ids of components that have an embedding, likewise
  record Stock(List<String> models, List<String> embedded) {
    /// Copies the lists.
    Stock {
      models = List.copyOf(models);
      embedded = List.copyOf(embedded);
    }
  }

  private static List<Request> components(Stock stock) {
    return stock.models().stream()
        .map(id -> Request.get("/v1/models/" + id + "/components"))
        .toList();
  }

  /// The filter of the specification's example, with another learning rate each time.
  private static List<Request> metadata(int count) {
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      requests.add(
          Request.post(
              "/v1/models/query",
              """
              {"type":"metadata","filters":[\
              {"path":"architecture.model_type","value":"transformer"},\
              {"path":"hyperparameters.learning_rate","op":"gt","value":%.6f}]}"""
                  .formatted(Math.pow(10, -5 + 2.5 * i / count))));
    }
    return requests;
  }

  private static List<Request> vectors(Stock stock) {
    return stock.embedded().stream()
        .map(
            id ->
                Request.post(
                    "/v1/models/query",
                    "{\"type\":\"vector\",\"near\":{\"componentId\":\"%s\"}}".formatted(id)))
        .toList();
  }

  /// Both in turns.
  private static List<Request> queries(Stock stock) {
    List<Request> vectors = vectors(stock);
    List<Request> metadata = metadata(vectors.size());
    List<Request> mixed = new ArrayList<>();
    for (int i = 0; i < vectors.size(); i++) {
      mixed.add(metadata.get(i));
      mixed.add(vectors.get(i));
    }
    return mixed;
  }

  private static List<Request> distillations(Stock stock) {
    return stock.models().stream()
        .map(id -> Request.post("/v1/agents", Seed.agent("load", id), "Prefer: respond-async"))
        .toList();
  }
}
