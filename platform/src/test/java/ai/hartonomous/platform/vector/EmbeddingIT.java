package ai.hartonomous.platform.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.platform.Tars;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.store.Folders;
import ai.hartonomous.platform.tenant.Tenant;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingIT {

  private final SplittableRandom random = new SplittableRandom(1);

  @Test
  void findsAtOnceWhatWasStored(@TempDir Path folder) throws Exception {
    TestServer server = TestServer.shared();
    Embeddings embeddings = server.bean(Embeddings.class);
    UUID model = model(server, "vera", folder);
    List<NewEmbedding> batch = batch(model, 200);

    as("vera", () -> put(embeddings, model, batch));

    for (int i = 0; i < 200; i += 20) {
      Neighbour nearest = nearest(embeddings, "vera", batch.get(i).vector()).getFirst();
      assertThat(nearest.path()).isEqualTo(batch.get(i).path());
      assertThat(nearest.modelId()).isEqualTo(model);
      assertThat(nearest.cosine()).isCloseTo(1, within(1e-4));
    }
    assertThat(nearest(embeddings, "walt", batch.getFirst().vector())).isEmpty();
    assertThat(as("walt", () -> embeddings.count(model))).isEmpty();
  }

  @Test
  void replacesWhatIsStoredAgain(@TempDir Path folder) throws Exception {
    TestServer server = TestServer.shared();
    Embeddings embeddings = server.bean(Embeddings.class);
    UUID model = model(server, "rita", folder);
    as("rita", () -> put(embeddings, model, batch(model, 20)));
    List<NewEmbedding> again = batch(model, 20);

    as("rita", () -> put(embeddings, model, again));

    assertThat(as("rita", () -> embeddings.count(model)))
        .containsEntry(EmbeddingKind.HEAD, 10L)
        .containsEntry(EmbeddingKind.NEURON, 10L);
    List<Neighbour> found = nearest(embeddings, "rita", again.getFirst().vector());
    assertThat(found).hasSize(20);
    assertThat(found.getFirst().path()).isEqualTo(again.getFirst().path());
    assertThat(
            as("rita", () -> embeddings.named(model, EmbeddingKind.HEAD, "p0"))
                .orElseThrow()
                .vector())
        .isEqualTo(again.getFirst().vector());
  }

  @Test
  void forgetsTheEmbeddingsOfADeletedModel(@TempDir Path folder) throws Exception {
    TestServer server = TestServer.shared();
    Embeddings embeddings = server.bean(Embeddings.class);
    UUID model = model(server, "dora", folder);
    List<NewEmbedding> batch = batch(model, 20);
    as("dora", () -> put(embeddings, model, batch));

    assertThat(server.delete("dora", "/v1/models/" + model).status()).isEqualTo(204);

    assertThat(nearest(embeddings, "dora", batch.getFirst().vector())).isEmpty();
    assertThat(as("dora", () -> embeddings.count(model))).isEmpty();
  }

  @Test
  void forgetsTheEmbeddingsOfADeletedSuite(@TempDir Path folder) throws Exception {
    TestServer server = TestServer.shared();
    Embeddings embeddings = server.bean(Embeddings.class);
    UUID model = model(server, "sue", folder);
    UUID suite = suite(server, "sue");
    as("sue", () -> put(embeddings, model, List.of(capability(suite))));
    assertThat(as("sue", () -> embeddings.count(model))).hasSize(1);

    assertThat(server.delete("sue", "/v1/capabilities/" + suite).status()).isEqualTo(204);

    assertThat(as("sue", () -> embeddings.count(model))).isEmpty();
  }

  @Test
  void forgetsWhatWasStoredInTheMomentOfADeletion(@TempDir Path folder) throws Exception {
    TestServer server = TestServer.shared();
    Embeddings embeddings = server.bean(Embeddings.class);
    UUID gone = model(server, "olga", folder.resolve("gone"));
    UUID kept = model(server, "olga", folder.resolve("kept"));
    UUID suite = suite(server, "olga");
    List<NewEmbedding> batch = batch(kept, 20);
    server.delete("olga", "/v1/models/" + gone);
    server.delete("olga", "/v1/capabilities/" + suite);
    as("olga", () -> put(embeddings, gone, batch));
    as("olga", () -> put(embeddings, kept, batch));
    as("olga", () -> put(embeddings, kept, List.of(capability(suite))));

    server.bean(Forgetting.class).forgetOrphans();

    assertThat(as("olga", () -> embeddings.count(gone))).isEmpty();
    assertThat(as("olga", () -> embeddings.count(kept)))
        .containsOnlyKeys(EmbeddingKind.HEAD, EmbeddingKind.NEURON);
    assertThat(nearest(embeddings, "olga", batch.getFirst().vector())).hasSize(20);
  }

  private NewEmbedding capability(UUID suite) {
    return new NewEmbedding(EmbeddingKind.CAPABILITY, suite, "words", null, null, vector());
  }

  private static UUID suite(TestServer server, String user) throws Exception {
    String line = "{\"id\":\"1\",\"capability\":\"words\",\"prompt\":\"a\",\"answer\":\" b\"}\n";
    Answer answer =
        server.send(
            user,
            "POST",
            "/v1/capabilities?name=words",
            BodyPublishers.ofString(line),
            "application/jsonl");
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return UUID.fromString(answer.json().get("id").asString());
  }

  @Test
  void refusesVectorsThatAreNone() {
    Embeddings embeddings = TestServer.shared().bean(Embeddings.class);
    float[] infinite = new float[Embeddings.DIMENSIONS];
    infinite[7] = Float.POSITIVE_INFINITY;

    assertThatThrownBy(() -> nearest(embeddings, "ann", new float[3]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> nearest(embeddings, "ann", infinite))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theDatabaseComputesTheSameDistance() {
    Embeddings embeddings = TestServer.shared().bean(Embeddings.class);
    float[] left = vector();
    float[] right = vector();
    right[3] = 1e-40f; // smaller than the smallest normal number
    right[4] = -0.0f;

    assertThat(embeddings.distanceInDatabase(new float[] {1, 0, 0}, new float[] {0, 1, 0}))
        .isEqualTo(1);
    assertThat(embeddings.distanceInDatabase(left, right))
        .isCloseTo(1 - Float32.cosine(left, right), within(1e-12));
  }

  /// What a node finds in its folder when it starts: nothing, a damaged file, an index of a table
  /// that had come further (as after a backup was restored), and one that stayed behind.
  @Test
  void makesTheIndexAnewWhereItIsNotThatOfTheTable(@TempDir Path data) throws Exception {
    Path index = data.resolve("index/vectors");
    UUID model;
    List<NewEmbedding> first = batch(UUID.randomUUID(), 30);
    List<NewEmbedding> second = batch(UUID.randomUUID(), 60).subList(30, 60);
    try (TestServer server = new TestServer(data)) {
      model = model(server, "ida", data.resolve("m"));
      Embeddings embeddings = server.bean(Embeddings.class);
      as("ida", () -> put(embeddings, model, first));
    }
    copy(index, data.resolve("earlier"));
    try (TestServer server = new TestServer(data)) {
      Embeddings embeddings = server.bean(Embeddings.class);
      assertThat(nearest(embeddings, "ida", first.getFirst().vector())).hasSize(30);
      as("ida", () -> put(embeddings, model, second));
    }

    Folders.delete(index);
    assertAllFound(data, first, second);
    damage(index);
    assertAllFound(data, first, second);
    Folders.delete(index);
    copy(data.resolve("earlier"), index);
    assertAllFound(data, first, second);
    try (VectorIndex ahead = VectorIndex.open(index)) {
      var change = new EmbeddingFeed.Cursor(1_000_000, UUID.randomUUID());
      ahead.apply(
          List.of(
              new EmbeddingFeed.Change(
                  change, change.id(), "ida", false, model, first.getFirst())));
    }
    assertAllFound(data, first, second);
  }

  private static void assertAllFound(Path data, List<NewEmbedding> first, List<NewEmbedding> second)
      throws Exception {
    try (TestServer server = new TestServer(data)) {
      Embeddings embeddings = server.bean(Embeddings.class);
      List<String> paths =
          Stream.concat(first.stream(), second.stream()).map(NewEmbedding::path).toList();
      assertThat(nearest(embeddings, "ida", second.getFirst().vector()))
          .extracting(Neighbour::path)
          .hasSize(60)
          .startsWith(second.getFirst().path())
          .containsExactlyInAnyOrderElementsOf(paths);
    }
  }

  private static void damage(Path index) throws Exception {
    try (Stream<Path> files = Files.list(index)) {
      Path largest = files.max(Comparator.comparingLong(file -> file.toFile().length())).get();
      byte[] bytes = Files.readAllBytes(largest);
      bytes[bytes.length / 2] ^= 1;
      Files.write(largest, bytes);
    }
  }

  private static void copy(Path from, Path to) throws Exception {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static UUID model(TestServer server, String user, Path folder) throws Exception {
    Path checkpoint = folder.resolve("checkpoint");
    HuggingFaceWriter.write(Tiny.llama(1), checkpoint, Dtype.F32, null);
    Answer answer =
        server.send(
            user,
            "POST",
            "/v1/models?name=m",
            BodyPublishers.ofByteArray(Tars.of(checkpoint)),
            "application/x-tar");
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return UUID.fromString(answer.json().get("id").asString());
  }

  private static boolean put(Embeddings embeddings, UUID model, List<NewEmbedding> batch) {
    embeddings.put(model, batch);
    return true;
  }

  private static List<Neighbour> nearest(Embeddings embeddings, String user, float[] vector) {
    return as(user, () -> embeddings.nearest(vector, 500, Scope.ALL, Precision.FAST));
  }

  private static <T> T as(String user, Supplier<T> work) {
    var result = new AtomicReference<T>();
    Tenant.as(user, () -> result.set(work.get()));
    return result.get();
  }

  private List<NewEmbedding> batch(UUID source, int count) {
    List<NewEmbedding> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      EmbeddingKind kind = i % 2 == 0 ? EmbeddingKind.HEAD : EmbeddingKind.NEURON;
      batch.add(new NewEmbedding(kind, source, "p" + i, null, i % 3, vector()));
    }
    return batch;
  }

  private float[] vector() {
    float[] vector = new float[Embeddings.DIMENSIONS];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (random.nextDouble() - 0.5);
    }
    return vector;
  }
}
