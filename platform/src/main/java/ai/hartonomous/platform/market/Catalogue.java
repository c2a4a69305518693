package ai.hartonomous.platform.market;

import ai.hartonomous.platform.market.Listing.Access;
import ai.hartonomous.platform.market.Listing.Cost;
import ai.hartonomous.platform.market.Listing.State;
import ai.hartonomous.platform.market.Listing.Text;
import ai.hartonomous.platform.market.Publishers.Publisher;
import ai.hartonomous.platform.tenant.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Reads listings of all users: the only place that does. That users see each other's listings is
/// the purpose of a marketplace; all else of theirs stays apart. The table of listings has no rows
/// but those that were published, and what is not offered to a viewer is filtered out here, by the
/// same two conditions in every statement.
@Component
class Catalogue {

  private static final JsonMapper JSON = JsonMapper.shared();

  /// Offered to the viewer.
  private static final String OFFERED =
      "(L.state = 'LISTED' and (L.access = 'OPEN' or L.user_id = :user or exists"
          + " (select 1 from listing_request q where q.user_id = :tenant"
          + " and q.publisher = L.publisher and q.name = L.name and q.state = 'GRANTED')))";

  /// Offered, or the viewer's own, or subscribed to.
  private static final String SEEN =
      "(L.user_id = :user or "
          + OFFERED
          + " or exists (select 1 from listing_subscription s where s.listing_id = L.id"
          + " and s.user_id = :tenant and (s.ends is null or s.ends > :now)))";

  private static final String SELECT =
      "select L.*, p.name as publisher_name, p.verified,"
          + " (select count(*) from listing_review r where r.listing_id = L.id) as reviews,"
          + " (select coalesce(sum(r.rating), 0) from listing_review r where r.listing_id = L.id)"
          + " as stars"
          + " from listing L join publisher p on p.handle = L.publisher where ";

  private static final RowMapper<Shown> MAPPER =
      (row, _) ->
          new Shown(
              listing(row),
              new Publisher(
                  row.getString("publisher"),
                  row.getString("publisher_name"),
                  row.getBoolean("verified")),
              row.getLong("reviews"),
              row.getLong("stars"));

  private final JdbcClient jdbc;

  Catalogue(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// A listing as others see it.
  ///
  /// @param listing the listing
  /// @param publisher whose it is
  /// @param reviews how many there are
  /// @param stars sum of their ratings
  record Shown(Listing listing, Publisher publisher, long reviews, long stars) {}

  /// {@return the condition that a listing is offered to the viewer}
  ///
  /// @param alias of the table
  static String offered(String alias) {
    return OFFERED.replace("L.", alias + ".");
  }

  /// {@return a listing that the viewer may see}
  Optional<Shown> seen(Viewer viewer, UUID id) {
    return of(viewer, SELECT + "L.id = :id and " + SEEN).param("id", id).query(MAPPER).optional();
  }

  /// {@return a listing that is offered to the viewer}
  Optional<Shown> offered(Viewer viewer, UUID id) {
    return of(viewer, SELECT + "L.id = :id and " + OFFERED)
        .param("id", id)
        .query(MAPPER)
        .optional();
  }

  /// {@return a version of a name that is offered to the viewer}
  ///
  /// @param version which, or 0 for the newest
  Optional<Shown> offered(Viewer viewer, String publisher, String name, int version) {
    return of(
            viewer,
            SELECT
                + "L.publisher = :publisher and L.name = :name and (L.version = :version"
                + " or :version = 0) and "
                + OFFERED
                + " order by L.version desc offset 0 rows fetch next 1 rows only")
        .param("publisher", publisher)
        .param("name", name)
        .param("version", version)
        .query(MAPPER)
        .optional();
  }

  /// {@return listings that are found, the newest version of each name, in the order of their
  /// names}
  List<Shown> search(Viewer viewer, Search search, Search.Place after, int limit) {
    var statement =
        of(
            viewer,
            SELECT
                + search.condition()
                + " and (L.publisher > :afterPublisher or (L.publisher = :afterPublisher"
                + " and L.name > :afterName))"
                + " order by L.publisher, L.name offset 0 rows fetch next :limit rows only");
    return search
        .bind(statement)
        .param("afterPublisher", after.publisher())
        .param("afterName", after.name())
        .param("limit", limit)
        .query(MAPPER)
        .list();
  }

  /// How many of the listings that are found have a property.
  ///
  /// @param kind `architecture`, `capability` or `licence`
  /// @param name which
  /// @param count how many listings
  record Facet(String kind, String name, long count) {}

  /// {@return the properties of the listings that are found, the most frequent of each kind first}
  List<Facet> facets(Viewer viewer, Search search, int limit) {
    var statement =
        of(
            viewer,
            "select f.kind, f.name, count(*) as n from listing L"
                + " join publisher p on p.handle = L.publisher"
                + " join listing_fact f on f.listing_id = L.id where "
                + search.condition()
                + " group by f.kind, f.name order by f.kind, count(*) desc, f.name"
                + " offset 0 rows fetch next :limit rows only");
    return search
        .bind(statement)
        .param("limit", limit)
        .query(
            (row, _) ->
                new Facet(
                    row.getString("kind").toLowerCase(Locale.ROOT),
                    row.getString("name"),
                    row.getLong("n")))
        .list();
  }

  /// {@return listings of the user, whatever their state}
  List<Shown> own(Viewer viewer, UUID after, int limit) {
    return jdbc.sql(
            SELECT
                + "L.user_id = :user and L.id > :after"
                + " order by L.id offset 0 rows fetch next :limit rows only")
        .param("user", viewer.user())
        .param("after", after)
        .param("limit", limit)
        .query(MAPPER)
        .list();
  }

  /// {@return any listing: for administrators, and for who holds a subscription}
  Optional<Shown> any(UUID id) {
    return jdbc.sql(SELECT + "L.id = :id").param("id", id).query(MAPPER).optional();
  }

  private JdbcClient.StatementSpec of(Viewer viewer, String sql) {
    var statement = jdbc.sql(sql).param("user", viewer.user()).param("tenant", viewer.tenant());
    return sql.contains(":now") ? statement.param("now", Columns.time(Instant.now())) : statement;
  }

  private static Listing listing(ResultSet row) throws SQLException {
    return new Listing(
        row.getObject("id", UUID.class),
        row.getString("user_id"),
        row.getString("publisher"),
        row.getString("name"),
        row.getInt("version"),
        row.getObject("agent_id", UUID.class),
        row.getString("manifest_sha256"),
        new Text(row.getString("title"), row.getString("summary"), row.getString("card")),
        JSON.readValue(row.getString("figures"), Figures.class),
        row.getString("licence"),
        Access.valueOf(row.getString("access")),
        State.valueOf(row.getString("state")),
        row.getString("reason"),
        new Cost(row.getString("currency"), row.getBigDecimal("reference_price")),
        Columns.moment(row, "created"));
  }
}
