package ai.hartonomous.platform.market;

import ai.hartonomous.platform.tenant.Columns;
import ai.hartonomous.platform.web.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What buyers think of listings, one review of each. Who wrote it is not shown. Plain SQL, because
/// others read them: statements name the listing that {@link Catalogue} has let through, or the
/// tenant that writes.
@Component
class Reviews {

  private static final String COLUMNS = "id, user_id, rating, remark, created, updated";

  private final JdbcClient jdbc;

  Reviews(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// A review.
  ///
  /// @param id its id
  /// @param tenant who wrote it
  /// @param rating 1 to 5
  /// @param remark why
  /// @param created when it was written
  /// @param updated when it was changed last
  record Review(
      UUID id, String tenant, int rating, String remark, Instant created, Instant updated) {}

  /// Writes a review, in the place of an earlier one.
  Review set(String tenant, UUID listing, int rating, String remark) {
    if (change(tenant, listing, rating, remark) == 0) {
      try {
        insert(tenant, listing, rating, remark);
      } catch (DuplicateKeyException _) {
        throw Problem.conflict("The review was written at the same time.");
      }
    }
    return find(tenant, listing).orElseThrow();
  }

  private int change(String tenant, UUID listing, int rating, String remark) {
    return jdbc.sql(
            "update listing_review set rating = ?, remark = ?, updated = ?"
                + " where user_id = ? and listing_id = ?")
        .params(rating, remark, Columns.now(), tenant, listing)
        .update();
  }

  private void insert(String tenant, UUID listing, int rating, String remark) {
    jdbc.sql(
            "insert into listing_review (id, user_id, created, updated, deleted, listing_id, rating,"
                + " remark) values (?, ?, ?, ?, ?, ?, ?, ?)")
        .params(Columns.id(), tenant, Columns.now(), Columns.now(), false, listing, rating, remark)
        .update();
  }

  private Optional<Review> find(String tenant, UUID listing) {
    return jdbc.sql(
            "select " + COLUMNS + " from listing_review where user_id = ? and listing_id = ?")
        .params(tenant, listing)
        .query((row, _) -> review(row))
        .optional();
  }

  /// {@return reviews of a listing, the oldest first}
  List<Review> of(UUID listing, UUID after, int limit) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from listing_review where listing_id = ? and id > ?"
                + " order by id offset 0 rows fetch next ? rows only")
        .params(listing, after, limit)
        .query((row, _) -> review(row))
        .list();
  }

  /// Takes a review back.
  void delete(String tenant, UUID listing) {
    jdbc.sql("delete from listing_review where user_id = ? and listing_id = ?")
        .params(tenant, listing)
        .update();
  }

  private static Review review(ResultSet row) throws SQLException {
    return new Review(
        row.getObject("id", UUID.class),
        row.getString("user_id"),
        row.getInt("rating"),
        row.getString("remark"),
        Columns.moment(row, "created"),
        Columns.moment(row, "updated"));
  }
}
