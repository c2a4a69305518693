package ai.hartonomous.platform.money;

import ai.hartonomous.platform.money.Offers.Offer;
import ai.hartonomous.platform.money.Offers.PriceVersion;
import ai.hartonomous.platform.tenant.Columns;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The tables of offers. Sellers set prices and tenants pay them, so this is plain SQL: statements
/// name the offer, and where it matters the tenant.
@Component
class OfferRows {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final JdbcClient jdbc;

  OfferRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  void insert(Offer offer) {
    jdbc.sql(
            "insert into offer (id, user_id, created, updated, deleted, name, currency, owners)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?)")
        .params(
            offer.id(),
            offer.seller(),
            Columns.now(),
            Columns.now(),
            false,
            offer.name(),
            offer.currency(),
            JSON.writeValueAsString(offer.owners()))
        .update();
  }

  Optional<Offer> find(UUID id) {
    return jdbc.sql("select user_id, name, currency, owners from offer where id = ?")
        .param(id)
        .query(
            (row, _) ->
                new Offer(
                    id,
                    row.getString("user_id"),
                    row.getString("name"),
                    row.getString("currency"),
                    JSON.readValue(
                        row.getString("owners"), new TypeReference<Map<String, BigDecimal>>() {})))
        .optional();
  }

  /// Stores a version of a price; the table lets one of two win.
  void insert(UUID offer, String seller, int version, Rates rates) {
    List<Object> values =
        new ArrayList<>(
            List.of(
                Columns.id(),
                seller,
                Columns.now(),
                Columns.now(),
                false,
                offer,
                version,
                JSON.writeValueAsString(rates.charges())));
    BigDecimal minimum = rates.minimum();
    if (minimum != null) {
      values.add(minimum);
    }
    // No database knows the type of a null parameter.
    jdbc.sql(
            "insert into offer_price (id, user_id, created, updated, deleted, offer_id, version,"
                + " charges, minimum) values (?, ?, ?, ?, ?, ?, ?, ?, "
                + (minimum == null ? "null" : "?")
                + ")")
        .params(values)
        .update();
  }

  /// {@return the versions of a price, the first first}
  List<PriceVersion> prices(UUID offer, String currency) {
    return jdbc.sql(
            "select version, created, charges, minimum from offer_price where offer_id = ?"
                + " order by version")
        .param(offer)
        .query(
            (row, _) ->
                new PriceVersion(
                    row.getInt("version"), Columns.moment(row, "created"), currency, rates(row)))
        .list();
  }

  private static Rates rates(ResultSet row) throws SQLException {
    BigDecimal minimum = row.getBigDecimal("minimum");
    return new Rates(
        JSON.readValue(row.getString("charges"), new TypeReference<List<Charge>>() {}),
        minimum == null ? null : new BigDecimal(minimum.stripTrailingZeros().toPlainString()));
  }

  /// {@return the version that a tenant's period was fixed to, if it was}
  Optional<Integer> term(UUID offer, String tenant, Instant begins) {
    return jdbc.sql(
            "select version from offer_term where offer_id = ? and tenant = ? and begins = ?")
        .params(offer, tenant, Columns.time(begins))
        .query(Integer.class)
        .optional();
  }

  void insertTerm(UUID offer, String tenant, Instant begins, int version) {
    jdbc.sql(
            "insert into offer_term (id, user_id, created, updated, deleted, offer_id, tenant,"
                + " begins, version) values (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .params(
            Columns.id(),
            tenant,
            Columns.now(),
            Columns.now(),
            false,
            offer,
            tenant,
            Columns.time(begins),
            version)
        .update();
  }
}
