package ai.hartonomous.platform.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.platform.vector.EmbeddingFeed.Change;
import ai.hartonomous.platform.vector.EmbeddingFeed.Cursor;
import ai.hartonomous.platform.vector.EmbeddingFeed.Sum;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorIndexTest {

  private static final UUID MODEL = new UUID(1, 1);

  private final SplittableRandom random = new SplittableRandom(1);

  @Test
  void findsWhatAnExactSearchFinds(@TempDir Path folder) throws IOException {
    List<Change> changes = changes(300, "ann");
    try (VectorIndex index = VectorIndex.open(folder)) {
      add(index, changes);

      for (int i = 0; i < 10; i++) {
        float[] target = near(changes.get(random.nextInt(changes.size())).embedding().vector());
        List<UUID> right = byHand(changes, target, 10);
        assertThat(ids(index.nearest("ann", target, 10, Scope.ALL, Precision.FAST)))
            .isEqualTo(right);
        assertThat(ids(index.nearest("ann", target, 10, Scope.ALL, Precision.EXACT)))
            .isEqualTo(right);
      }
    }
  }

  /// Vectors that point anywhere are the hardest for one bit: all are nearly equally far.
  @Test
  void missesLittleByOneBit(@TempDir Path folder) throws IOException {
    List<Change> changes = changes(VectorSearch.MOST_EXACT + 500, "ann");
    try (VectorIndex index = VectorIndex.open(folder)) {
      add(index, changes);
      int found = 0;
      for (int i = 0; i < 10; i++) {
        float[] target = near(changes.get(random.nextInt(changes.size())).embedding().vector());
        List<UUID> fast = ids(index.nearest("ann", target, 10, Scope.ALL, Precision.FAST));
        fast.retainAll(byHand(changes, target, 10));
        found += fast.size();
      }

      assertThat(found).isGreaterThanOrEqualTo(90);
    }
  }

  @Test
  void findsTheSameWhenItIsOpenedAgain(@TempDir Path folder) throws IOException {
    List<Change> changes = changes(300, "ann");
    float[] target = vector();
    List<Neighbour> before;
    try (VectorIndex index = VectorIndex.open(folder)) {
      add(index, changes);
      before = index.nearest("ann", target, 10, Scope.ALL, Precision.FAST);
    }

    try (VectorIndex index = VectorIndex.open(folder)) {
      assertThat(before).hasSize(10);
      assertThat(index.nearest("ann", target, 10, Scope.ALL, Precision.FAST)).isEqualTo(before);
      assertThat(index.cursor()).isEqualTo(changes.getLast().cursor());
    }
  }

  @Test
  void answersTheCosineOfTheFullNumbers(@TempDir Path folder) throws IOException {
    List<Change> changes = changes(300, "ann");
    try (VectorIndex index = VectorIndex.open(folder)) {
      add(index, changes);
      float[] target = vector();

      Neighbour nearest = index.nearest("ann", target, 1, Scope.ALL, Precision.FAST).getFirst();

      float[] found =
          changes.stream()
              .filter(change -> change.id().equals(nearest.embeddingId()))
              .findFirst()
              .orElseThrow()
              .embedding()
              .vector();
      // A sum of 1,536 products in single precision, of vectors of length 1: below 1536 * 2^-24.
      assertThat(nearest.cosine()).isCloseTo(Float32.cosine(found, target), within(1e-4));
    }
  }

  @Test
  void keepsUsersApart(@TempDir Path folder) throws IOException {
    try (VectorIndex index = VectorIndex.open(folder)) {
      List<Change> all = new ArrayList<>(changes(50, "ann"));
      all.addAll(changes(50, "bob"));
      add(index, all);

      List<Neighbour> found = index.nearest("bob", vector(), 100, Scope.ALL, Precision.FAST);

      assertThat(ids(found))
          .containsExactlyInAnyOrderElementsOf(
              all.subList(50, 100).stream().map(Change::id).toList());
      assertThat(index.nearest("eve", vector(), 100, Scope.ALL, Precision.FAST)).isEmpty();
    }
  }

  @Test
  void filtersByKindLayerAndModel(@TempDir Path folder) throws IOException {
    try (VectorIndex index = VectorIndex.open(folder)) {
      add(index, changes(400, "ann"));
      var heads = new Scope(Set.of(MODEL), Set.of(EmbeddingKind.HEAD), Set.of(), 1, 2);

      List<Neighbour> found = index.nearest("ann", vector(), 500, heads, Precision.FAST);

      assertThat(found).hasSize(100);
      assertThat(found).allMatch(hit -> hit.kind() == EmbeddingKind.HEAD);
      assertThat(found).extracting(Neighbour::layer).containsOnly(1, 2);
      var other = new Scope(Set.of(new UUID(9, 9)), Set.of(), Set.of(), null, null);
      assertThat(index.nearest("ann", vector(), 500, other, Precision.FAST)).isEmpty();
    }
  }

  @Test
  void doesNotFindWhatWasDeletedOrReplaced(@TempDir Path folder) throws IOException {
    try (VectorIndex index = VectorIndex.open(folder)) {
      List<Change> changes = changes(200, "ann");
      add(index, changes);
      Change first = changes.getFirst();
      float[] old = first.embedding().vector();
      Change second = changes.get(1);
      float[] fresh = vector();

      add(
          index,
          List.of(
              change(first.id(), "ann", 2, true, 0, new float[0]),
              change(second.id(), "ann", 2, false, 0, fresh)));

      assertThat(ids(index.nearest("ann", old, 500, Scope.ALL, Precision.FAST)))
          .hasSize(199)
          .doesNotContain(first.id());
      Neighbour nearest = index.nearest("ann", fresh, 1, Scope.ALL, Precision.FAST).getFirst();
      assertThat(nearest.embeddingId()).isEqualTo(second.id());
      assertThat(nearest.cosine()).isCloseTo(1, within(1e-4));
    }
  }

  @Test
  void neverFindsZeros(@TempDir Path folder) throws IOException {
    try (VectorIndex index = VectorIndex.open(folder)) {
      UUID id = new UUID(5, 5);
      add(index, List.of(change(id, "ann", 1, false, 0, new float[Embeddings.DIMENSIONS])));

      assertThat(index.nearest("ann", vector(), 10, Scope.ALL, Precision.FAST)).isEmpty();
      assertThat(index.nearest("ann", vector(), 10, Scope.ALL, Precision.EXACT)).isEmpty();
      assertThat(index.sum()).isEqualTo(new Sum(1, 1));
    }
  }

  @Test
  void goesOnAfterTheLastCommitWhenItDied(@TempDir Path folder) throws IOException {
    List<Change> changes = changes(100, "ann");
    VectorIndex dying = VectorIndex.open(folder);
    add(dying, changes.subList(0, 60));
    dying.commit();
    add(dying, changes.subList(60, 100));
    dying.abandon();

    try (VectorIndex index = VectorIndex.open(folder)) {
      assertThat(index.cursor()).isEqualTo(changes.get(59).cursor());
      assertThat(index.sum().rows()).isEqualTo(60);
    }
  }

  @Test
  void startsAnewWhenAFileIsDamaged(@TempDir Path folder) throws IOException {
    try (VectorIndex index = VectorIndex.open(folder)) {
      add(index, changes(100, "ann"));
    }
    try (Stream<Path> files = Files.list(folder)) {
      Path largest = files.max(Comparator.comparingLong(file -> file.toFile().length())).get();
      byte[] bytes = Files.readAllBytes(largest);
      bytes[bytes.length / 2] ^= 1;
      Files.write(largest, bytes);
    }

    try (VectorIndex index = VectorIndex.open(folder)) {
      assertThat(index.cursor()).isEqualTo(Cursor.START);
      assertThat(index.sum()).isEqualTo(new Sum(0, 0));
    }
  }

  @Test
  void startsAnewWhenAFileIsMissing(@TempDir Path folder) throws IOException {
    try (VectorIndex index = VectorIndex.open(folder)) {
      add(index, changes(10, "ann"));
    }
    try (Stream<Path> files = Files.list(folder)) {
      Files.delete(
          files.filter(file -> file.getFileName().toString().startsWith("_0")).findFirst().get());
    }

    try (VectorIndex index = VectorIndex.open(folder)) {
      assertThat(index.cursor()).isEqualTo(Cursor.START);
    }
  }

  private static void add(VectorIndex index, List<Change> changes) throws IOException {
    index.apply(changes);
    index.refresh();
  }

  private List<Change> changes(int count, String user) {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      UUID id = new UUID(user.hashCode(), i + 1);
      changes.add(change(id, user, 1, false, i % 8, vector()));
    }
    return changes;
  }

  private static Change change(
      UUID id, String user, long version, boolean deleted, int number, float[] vector) {
    EmbeddingKind kind = number % 2 == 0 ? EmbeddingKind.HEAD : EmbeddingKind.NEURON;
    var embedding = new NewEmbedding(kind, MODEL, "layers." + id, null, number / 2, vector);
    return new Change(new Cursor(version, id), id, user, deleted, MODEL, embedding);
  }

  private float[] vector() {
    float[] vector = new float[Embeddings.DIMENSIONS];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (random.nextDouble() - 0.5);
    }
    return Float32.unit(vector);
  }

  private float[] near(float[] vector) {
    float[] near = vector();
    for (int i = 0; i < near.length; i++) {
      near[i] = vector[i] + 0.5f * near[i];
    }
    return Float32.unit(near);
  }

  private static List<UUID> byHand(List<Change> changes, float[] target, int count) {
    Map<UUID, Double> cosines = new HashMap<>();
    changes.forEach(
        change -> cosines.put(change.id(), Float32.cosine(change.embedding().vector(), target)));
    return cosines.entrySet().stream()
        .sorted(Map.Entry.<UUID, Double>comparingByValue().reversed())
        .limit(count)
        .map(Map.Entry::getKey)
        .toList();
  }

  private static List<UUID> ids(List<Neighbour> neighbours) {
    return new ArrayList<>(neighbours.stream().map(Neighbour::embeddingId).toList());
  }
}
