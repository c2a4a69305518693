package ai.hartonomous.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Fills the graph of a user through the API: features, each of which influences as many others,
/// drawn by lot from its own request and those before it.
final class SeedGraph {
  private static final int FEATURES = 10_000;
  private static final int EDGES_EACH = 5;
  private static final int AT_A_TIME = 1000; // keeps a request below the limit of a body

  private SeedGraph() {}

  /// Stores the graph, if there is none.
  ///
  /// @param api where to
  /// @throws IOException if the server refuses it
  /// @throws InterruptedException if the thread is interrupted
  static void store(Api api) throws IOException, InterruptedException {
    int present = api.all("/v1/circuits").size();
    var random = new SplittableRandom(1);
    for (int first = 0; first < FEATURES; first += AT_A_TIME) {
      String circuit = circuit(first, random);
      if (first / AT_A_TIME >= present) {
        api.post("/v1/circuits", "application/json", circuit.getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  /// {@return ids of all features}
  static List<String> features() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < FEATURES; i++) {
      ids.add("f" + i);
    }
    return ids;
  }

  private static String circuit(int first, SplittableRandom random) {
    List<String> features = new ArrayList<>();
    List<String> edges = new ArrayList<>();
    int count = first + AT_A_TIME;
    for (int i = first; i < count; i++) {
      features.add("{\"id\":\"f%d\"}".formatted(i));
      int step = random.nextInt(count - 1);
      for (int e = 0; e < EDGES_EACH; e++) {
        int other = (i + 1 + (step + 7 * e) % (count - 1)) % count; // never itself, never twice
        edges.add(
            "{\"sourceId\":\"f%d\",\"targetId\":\"f%d\",\"strength\":%.3f}"
                .formatted(i, other, random.nextDouble(-1, 1)));
      }
    }
    return "{\"name\":\"circuit-%d\",\"features\":[%s],\"relationships\":[%s]}"
        .formatted(first / AT_A_TIME, String.join(",", features), String.join(",", edges));
  }
}
