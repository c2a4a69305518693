package ai.hartonomous.platform.vector;

import jakarta.persistence.EntityManagerFactory;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import javax.sql.DataSource;
import org.hibernate.dialect.Dialect;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/// What changed in the table of embeddings, in the order in which it was committed.
///
/// Every change takes its version from one row and holds that row until it commits; so a version
/// becomes visible only after all smaller ones, and whoever has read up to one has missed nothing.
///
/// This is the one place that reads the rows of all users: an index holds them all. It is read by
/// the index alone, which keeps users apart by the owner that comes with every row.
@Component
class EmbeddingFeed {

  private static final String CHANGES =
      """
      select id, user_id, deleted, model_id, source_id, component_id, kind, layer, path, version,
        vector
      from component_embedding
      where version >= ? and (version > ? or id > ?)
      order by version, id
      offset 0 rows fetch next 500 rows only\
      """;

  /// Deleted rows stay this long; an index that was away for longer is made anew.
  private static final Duration KEEP_DELETED = Duration.ofDays(7);

  private final JdbcTemplate jdbc;
  private final boolean asText;
  private final InstantSource clock = InstantSource.system();

  EmbeddingFeed(DataSource dataSource, EntityManagerFactory entities) {
    this.jdbc = new JdbcTemplate(dataSource);
    Dialect dialect =
        entities.unwrap(SessionFactoryImplementor.class).getJdbcServices().getDialect();
    this.asText = VectorType.asText(dialect);
  }

  /// How far a reader has read.
  ///
  /// @param version all smaller versions were read
  /// @param id of that version, all rows up to this one in the order of the database
  record Cursor(long version, UUID id) {
    /// Before everything.
    static final Cursor START = new Cursor(0, new UUID(0, 0));
  }

  /// How far the table has come.
  ///
  /// @param version the last change
  /// @param horizon deleted rows up to this version are gone
  record Clock(long version, long horizon) {}

  /// What is in the table, to compare with.
  ///
  /// @param rows that are not deleted
  /// @param versions sum of their versions
  record Sum(long rows, long versions) {}

  /// A row that changed.
  ///
  /// @param cursor continues after it
  /// @param id the row
  /// @param userId its owner
  /// @param deleted whether it is gone
  /// @param embedding what it says; its vector is empty where it is gone
  /// @param modelId the model
  record Change(
      Cursor cursor,
      UUID id,
      String userId,
      boolean deleted,
      UUID modelId,
      NewEmbedding embedding) {}

  /// What embeddings are of.
  ///
  /// @param userId its owner
  /// @param id its id
  record Origin(String userId, UUID id) {}

  /// {@return deleted models that have embeddings}
  List<Origin> deletedModels() {
    return deleted("model", "model_id");
  }

  /// {@return deleted suites and transcoders that have embeddings}
  List<Origin> deletedSources() {
    var found = new ArrayList<>(deleted("capability_suite", "source_id"));
    found.addAll(deleted("analysis", "source_id"));
    return found;
  }

  /// {@return what is deleted and has embeddings nevertheless}
  ///
  /// @param table the table of what they are of
  /// @param column where embeddings name it
  private List<Origin> deleted(String table, String column) {
    String sql =
        """
        select o.user_id, o.id from %s o
        where o.deleted = ? and exists (
          select 1 from component_embedding e
          where e.user_id = o.user_id and e.%s = o.id and e.deleted = ?)\
        """
            .formatted(table, column);
    return jdbc.query(sql, (row, _) -> new Origin(row.getString(1), uuid(row, 2)), true, false);
  }

  /// {@return the version of a change, as part of the current transaction}
  long next() {
    jdbc.update("update embedding_clock set version = version + 1 where id = 1");
    return clock().version();
  }

  Clock clock() {
    return Objects.requireNonNull(
        jdbc.queryForObject(
            "select version, horizon from embedding_clock where id = 1",
            (row, _) -> new Clock(row.getLong(1), row.getLong(2))));
  }

  Sum sum() {
    return Objects.requireNonNull(
        jdbc.queryForObject(
            "select count(*), coalesce(sum(version), 0) from component_embedding where deleted = ?",
            (row, _) -> new Sum(row.getLong(1), row.getLong(2)),
            false));
  }

  /// {@return the changes after a cursor, at most 500}
  List<Change> after(Cursor cursor) {
    return jdbc.query(
        CHANGES, (row, _) -> change(row), cursor.version(), cursor.version(), cursor.id());
  }

  /// Removes rows that were deleted long ago.
  ///
  /// @return how many
  int purge() {
    Timestamp before = Timestamp.from(clock.instant().minus(KEEP_DELETED));
    Long last =
        jdbc.queryForObject(
            "select max(version) from component_embedding where deleted = ? and updated < ?",
            Long.class,
            true,
            before);
    if (last == null) {
      return 0;
    }
    jdbc.update("update embedding_clock set horizon = ? where id = 1 and horizon < ?", last, last);
    return jdbc.update(
        "delete from component_embedding where deleted = ? and updated < ? and version <= ?",
        true,
        before,
        last);
  }

  /// {@return the distance of two vectors as the database computes it}
  double distance(float[] left, float[] right) {
    String call =
        asText
            ? "select vector_distance('cosine', cast(? as vector(%1$d)), cast(? as vector(%1$d)))"
                .formatted(left.length)
            : "select cosine_distance(?, ?)";
    Double distance =
        asText
            ? jdbc.queryForObject(call, Double.class, VectorType.text(left), VectorType.text(right))
            : jdbc.queryForObject(call, Double.class, Float32.bytes(left), Float32.bytes(right));
    return Objects.requireNonNull(distance);
  }

  private Change change(ResultSet row) throws SQLException {
    UUID id = uuid(row, 1);
    boolean deleted = row.getBoolean(3);
    float[] vector = VectorType.read(row, 11, asText);
    var embedding =
        new NewEmbedding(
            EmbeddingKind.valueOf(row.getString(7)),
            uuid(row, 5),
            row.getString(9),
            uuidOrNull(row, 6),
            (Integer) row.getObject(8),
            vector == null ? new float[0] : vector);
    var cursor = new Cursor(row.getLong(10), id);
    return new Change(cursor, id, row.getString(2), deleted, uuid(row, 4), embedding);
  }

  private static UUID uuid(ResultSet row, int column) throws SQLException {
    return Objects.requireNonNull(uuidOrNull(row, column));
  }

  private static @Nullable UUID uuidOrNull(ResultSet row, int column) throws SQLException {
    return switch (row.getObject(column)) {
      case null -> null;
      case UUID id -> id;
      case Object other -> UUID.fromString(other.toString());
    };
  }
}
