package ai.hartonomous.platform.market;

import ai.hartonomous.platform.market.Publishers.Publisher;
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

/// Requests to be let in to gated listings. They may name what there is not: who asks must not
/// learn from the answer what is hidden. Plain SQL, because two users share a request: statements
/// name the tenant that asked, or the publisher that was asked.
@Component
class AccessRequests {

  /// Most requests of a tenant that wait for an answer.
  private static final int MOST_PENDING = 100;

  private static final String COLUMNS =
      "id, user_id, publisher, name, message, state, created, updated";

  private final JdbcClient jdbc;

  AccessRequests(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// How a request stands.
  enum State {
    /// The publisher has not answered.
    PENDING,
    /// The tenant is let in.
    GRANTED,
    /// It is not, or no longer.
    DECLINED
  }

  /// A request.
  ///
  /// @param id its id
  /// @param tenant who asks
  /// @param publisher who is asked
  /// @param name of the listing, all its versions
  /// @param message what the tenant says
  /// @param state how it stands
  /// @param created when it was made
  /// @param updated when it changed last
  record AccessRequest(
      UUID id,
      String tenant,
      String publisher,
      String name,
      String message,
      State state,
      Instant created,
      Instant updated) {}

  /// Asks. Asked again, nothing changes but the message.
  ///
  /// @throws ai.hartonomous.platform.web.ProblemException with status 409 if too many requests of
  ///   the tenant wait
  AccessRequest ask(String tenant, String publisher, String name, String message) {
    if (find(tenant, publisher, name).isEmpty()) {
      if (pending(tenant) >= MOST_PENDING) {
        throw Problem.conflict("%d requests wait for an answer already.".formatted(MOST_PENDING));
      }
      try {
        insert(tenant, publisher, name, message);
      } catch (DuplicateKeyException _) {
        // the same request was made at the same time
      }
    } else {
      jdbc.sql(
              "update listing_request set message = ?, updated = ?"
                  + " where user_id = ? and publisher = ? and name = ?")
          .params(message, Columns.now(), tenant, publisher, name)
          .update();
    }
    return find(tenant, publisher, name).orElseThrow();
  }

  private void insert(String tenant, String publisher, String name, String message) {
    jdbc.sql(
            "insert into listing_request (id, user_id, created, updated, deleted, publisher, name,"
                + " message, state) values (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .params(
            Columns.id(),
            tenant,
            Columns.now(),
            Columns.now(),
            false,
            publisher,
            name,
            message,
            State.PENDING.name())
        .update();
  }

  private long pending(String tenant) {
    return jdbc.sql("select count(*) from listing_request where user_id = ? and state = 'PENDING'")
        .param(tenant)
        .query(Long.class)
        .single();
  }

  private Optional<AccessRequest> find(String tenant, String publisher, String name) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from listing_request where user_id = ? and publisher = ? and name = ?")
        .params(tenant, publisher, name)
        .query((row, _) -> request(row))
        .optional();
  }

  /// {@return what a tenant asked for}
  List<AccessRequest> of(String tenant, UUID after, int limit) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from listing_request where user_id = ? and id > ?"
                + " order by id offset 0 rows fetch next ? rows only")
        .params(tenant, after, limit)
        .query((row, _) -> request(row))
        .list();
  }

  /// {@return what a publisher was asked for, of listings that there are}
  List<AccessRequest> to(Publisher publisher, UUID after, int limit) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from listing_request q where q.publisher = ? and q.id > ?"
                + " and exists (select 1 from listing l where l.publisher = q.publisher"
                + " and l.name = q.name) order by q.id offset 0 rows fetch next ? rows only")
        .params(publisher.handle(), after, limit)
        .query((row, _) -> request(row))
        .list();
  }

  /// {@return a request that a publisher was asked}
  Optional<AccessRequest> to(Publisher publisher, UUID id) {
    return jdbc.sql("select " + COLUMNS + " from listing_request where publisher = ? and id = ?")
        .params(publisher.handle(), id)
        .query((row, _) -> request(row))
        .optional();
  }

  /// Answers a request.
  void answer(UUID id, State state) {
    jdbc.sql("update listing_request set state = ?, updated = ? where id = ?")
        .params(state.name(), Columns.now(), id)
        .update();
  }

  private static AccessRequest request(ResultSet row) throws SQLException {
    return new AccessRequest(
        row.getObject("id", UUID.class),
        row.getString("user_id"),
        row.getString("publisher"),
        row.getString("name"),
        row.getString("message"),
        State.valueOf(row.getString("state")),
        Columns.moment(row, "created"),
        Columns.moment(row, "updated"));
  }
}
