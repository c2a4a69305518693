package ai.hartonomous.platform.vector;

import ai.hartonomous.interpret.probe.ProbeTexts;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.vector.EmbeddingRows.KindCount;
import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/// The embeddings of the user's models: stored in the table, found by the index.
@Service
public class Embeddings {

  /// Numbers in an embedding: one for each standard probe text.
  public static final int DIMENSIONS = ProbeTexts.COUNT;

  /// Most embeddings that are stored in one change.
  public static final int BATCH = 500;

  /// Most neighbours of one search.
  public static final int MOST_NEIGHBOURS = 500;

  private final EmbeddingRows rows;
  private final EntityManager entities;
  private final TransactionTemplate transaction;
  private final EmbeddingFeed feed;
  private final IndexKeeper keeper;
  private final InstantSource clock = InstantSource.system();

  /// Changes of this process queue here, so that none waits for the database's lock.
  private final ReentrantLock lock = new ReentrantLock();

  Embeddings(
      EmbeddingRows rows,
      EntityManager entities,
      TransactionTemplate transaction,
      EmbeddingFeed feed,
      IndexKeeper keeper) {
    this.rows = rows;
    this.entities = entities;
    this.transaction = transaction;
    this.feed = feed;
    this.keeper = keeper;
  }

  /// A stored embedding.
  ///
  /// @param id its id
  /// @param modelId the model
  /// @param path its name, such as `layers.3.heads.5`
  /// @param vector {@link #DIMENSIONS} numbers
  public record Embedding(UUID id, UUID modelId, String path, float[] vector) {}

  /// Stores embeddings of a model; those that are there already are replaced. They are found when
  /// this returns; within a transaction, when that has committed.
  ///
  /// @param modelId a model of the user
  /// @param batch at most {@link #BATCH}, each of something else
  /// @throws IllegalArgumentException if a vector has the wrong length or is not finite
  public void put(UUID modelId, List<NewEmbedding> batch) {
    if (batch.size() > BATCH) {
      throw new IllegalArgumentException("%d embeddings at once".formatted(batch.size()));
    }
    batch.forEach(embedding -> check(embedding.vector()));
    if (!batch.isEmpty()) {
      change(version -> replace(modelId, batch, version));
    }
  }

  private void replace(UUID modelId, List<NewEmbedding> batch, long version) {
    rows.remove(batch.stream().map(embedding -> id(modelId, embedding)).toList());
    for (NewEmbedding embedding : batch) {
      entities.persist(new EmbeddingRow(id(modelId, embedding), modelId, embedding, version));
    }
    entities.flush();
    entities.clear();
  }

  private static UUID id(UUID modelId, NewEmbedding embedding) {
    String name =
        String.join(
            "\n",
            Tenant.current(),
            modelId.toString(),
            embedding.sourceId().toString(),
            embedding.path());
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
  }

  /// Forgets the embeddings of a model.
  ///
  /// @param modelId the model
  public void forgetModel(UUID modelId) {
    change(version -> rows.forgetModel(modelId, version, clock.instant()));
  }

  /// Forgets what was embedded from a source.
  ///
  /// @param sourceId transcoders or a suite
  public void forgetSource(UUID sourceId) {
    change(version -> rows.forgetSource(sourceId, version, clock.instant()));
  }

  /// {@return an embedding}
  ///
  /// @param id its id
  public Optional<Embedding> find(UUID id) {
    return rows.find(id).map(Embeddings::view);
  }

  /// {@return the embedding of a component}
  ///
  /// @param componentId the component
  public Optional<Embedding> ofComponent(UUID componentId) {
    return rows.ofComponent(componentId).stream().findFirst().map(Embeddings::view);
  }

  /// {@return what a model has under a name; the newest where there are several}
  ///
  /// @param modelId the model
  /// @param kind what it is
  /// @param path its name
  public Optional<Embedding> named(UUID modelId, EmbeddingKind kind, String path) {
    return rows.named(modelId, kind, path).stream().findFirst().map(Embeddings::view);
  }

  /// {@return how many embeddings of each kind a model has}
  ///
  /// @param modelId the model
  public Map<EmbeddingKind, Long> count(UUID modelId) {
    var counts = new EnumMap<EmbeddingKind, Long>(EmbeddingKind.class);
    for (KindCount count : rows.count(modelId)) {
      counts.put(count.getKind(), count.getNumber());
    }
    return counts;
  }

  /// {@return the user's embeddings nearest to a vector by their cosine, nearest first; none for a
  /// vector of zeros}
  ///
  /// @param vector {@link #DIMENSIONS} numbers
  /// @param count how many, 1 to {@link #MOST_NEIGHBOURS}
  /// @param scope where to look
  /// @param precision how to look
  /// @throws IllegalArgumentException if the vector has the wrong length or is not finite
  /// @throws ai.hartonomous.platform.web.ProblemException while the index is being made anew
  public List<Neighbour> nearest(float[] vector, int count, Scope scope, Precision precision) {
    check(vector);
    if (Float32.isZero(vector)) {
      return List.of();
    }
    try {
      return keeper
          .current()
          .nearest(Tenant.current(), Float32.unit(vector), count, scope, precision);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// {@return the distance of two vectors, 0 to 2, as the database computes it: a sign that it can}
  ///
  /// @param left numbers
  /// @param right as many numbers
  public double distanceInDatabase(float[] left, float[] right) {
    return feed.distance(left, right);
  }

  /// {@return whether the index answers searches}
  public boolean isSearchable() {
    return keeper.isReady();
  }

  private void change(Consumer<Long> change) {
    lock.lock();
    try {
      transaction.executeWithoutResult(
          _ -> {
            change.accept(feed.next());
            TransactionSynchronizationManager.registerSynchronization(new Follow(keeper));
          });
    } finally {
      lock.unlock();
    }
  }

  /// Lets the index follow once the change is there for all to see.
  private record Follow(IndexKeeper keeper) implements TransactionSynchronization {

    @Override
    public void afterCommit() {
      keeper.sync();
    }
  }

  private static void check(float[] vector) {
    if (vector.length != DIMENSIONS) {
      throw new IllegalArgumentException(
          "a vector of %d numbers instead of %d".formatted(vector.length, DIMENSIONS));
    }
    for (float x : vector) {
      if (!Float.isFinite(x)) {
        throw new IllegalArgumentException("a vector with a number that is not finite");
      }
    }
  }

  private static Embedding view(EmbeddingRow row) {
    float[] vector = row.vector;
    if (vector == null) {
      throw new IllegalStateException("embedding %s has no vector".formatted(row.getId()));
    }
    return new Embedding(row.getId(), row.modelId, row.path, vector);
  }
}
