package ai.hartonomous.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Has the components of models embedded, by the jobs that users start for that.
final class SeedEmbeddings {
  private static final long LOOK_EVERY_MILLIS = 200;

  private SeedEmbeddings() {}

  /// Embeds what is not embedded yet.
  ///
  /// @param api where to
  /// @param models their ids
  /// @throws IOException if the server refuses it, or a job fails
  /// @throws InterruptedException if the thread is interrupted
  static void store(Api api, List<String> models) throws IOException, InterruptedException {
    for (String model : models) {
      String path = "/v1/models/%s/embeddings".formatted(model);
      if (api.get(path).get("items").isEmpty()) {
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        await(api, api.post(path, "application/json", body).get("id").asString());
      }
    }
  }

  private static void await(Api api, String job) throws IOException, InterruptedException {
    JsonNode state = api.get("/v1/jobs/" + job);
    while (!state.has("ended")) {
      Thread.sleep(LOOK_EVERY_MILLIS);
      state = api.get("/v1/jobs/" + job);
    }
    if (!state.get("state").asString().equals("succeeded")) {
      throw new IOException("no embeddings: " + state);
    }
  }

  /// {@return ids of the components of models}
  ///
  /// @param api where from
  /// @param models their ids
  /// @throws IOException if the server refuses it
  /// @throws InterruptedException if the thread is interrupted
  static List<String> components(Api api, List<String> models)
      throws IOException, InterruptedException {
    List<String> ids = new ArrayList<>();
    for (String model : models) {
      String path = "/v1/models/%s/components".formatted(model);
      api.get(path).get("items").forEach(it -> ids.add(it.get("id").asString()));
    }
    return ids;
  }
}
