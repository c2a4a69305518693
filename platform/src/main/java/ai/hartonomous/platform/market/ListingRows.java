package ai.hartonomous.platform.market;

import ai.hartonomous.platform.market.Figures.Capability;
import ai.hartonomous.platform.market.Listing.Cost;
import ai.hartonomous.platform.market.Listing.State;
import ai.hartonomous.platform.tenant.Columns;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Writes the table of listings. Plain SQL: statements name the seller, or the listing that {@link
/// Catalogue} has let through.
@Component
class ListingRows {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final BigDecimal MOST = new BigDecimal("1e20");

  private final JdbcClient jdbc;

  ListingRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// {@return the number of the last version of a name; 0 without one}
  int lastVersion(String publisher, String name) {
    return jdbc.sql(
            "select coalesce(max(version), 0) from listing where publisher = ? and name = ?")
        .params(publisher, name)
        .query(Integer.class)
        .single();
  }

  /// {@return which version of a name has a manifest; 0 if none}
  int version(String publisher, String name, String manifestHash) {
    return jdbc.sql(
            "select coalesce(max(version), 0) from listing"
                + " where publisher = ? and name = ? and manifest_sha256 = ?")
        .params(publisher, name, manifestHash)
        .query(Integer.class)
        .single();
  }

  /// Stores a listing; the table lets one of two win.
  ///
  /// @throws org.springframework.dao.DuplicateKeyException if name and version, or name and
  ///   manifest, are taken
  void insert(Listing listing) {
    List<Object> values =
        new ArrayList<>(
            List.of(
                listing.id(),
                listing.seller(),
                Columns.time(listing.created()),
                Columns.time(listing.created()),
                false,
                listing.publisher(),
                listing.name(),
                listing.version(),
                listing.agentId(),
                listing.manifestHash()));
    values.addAll(
        List.of(
            listing.text().title(),
            listing.text().summary(),
            listing.text().card(),
            JSON.writeValueAsString(listing.figures()),
            listing.licence(),
            listing.figures().parameters(),
            listing.figures().sizeBytes(),
            listing.figures().components()));
    values.addAll(
        List.of(
            listing.access().name(),
            listing.state().name(),
            listing.reason(),
            listing.cost().currency(),
            listing.cost().reference()));
    jdbc.sql(
            "insert into listing (id, user_id, created, updated, deleted, publisher, name, version,"
                + " agent_id, manifest_sha256, title, summary, card, figures, licence, parameters,"
                + " size_bytes, components, access, state, reason, currency, reference_price)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .params(values)
        .update();
    facts(listing);
  }

  private void facts(Listing listing) {
    for (String architecture : listing.figures().architectures()) {
      fact(listing, "ARCHITECTURE", architecture, null, null);
    }
    for (String licence : listing.licence().split(" AND ", -1)) {
      fact(listing, "LICENCE", licence, null, null);
    }
    List<String> seen = new ArrayList<>();
    for (Capability one : listing.figures().capabilities()) {
      if (!seen.contains(one.capability())) {
        seen.add(one.capability());
        Double kept = one.kept();
        fact(
            listing,
            "CAPABILITY",
            one.capability(),
            one.isShare() ? decimal(one.agent()) : null,
            kept == null ? null : decimal(kept));
      }
    }
  }

  private static BigDecimal decimal(double value) {
    return BigDecimal.valueOf(value).setScale(12, RoundingMode.HALF_EVEN).min(MOST);
  }

  private void fact(
      Listing listing,
      String kind,
      String name,
      @Nullable BigDecimal score,
      @Nullable BigDecimal kept) {
    String cut = name.length() > 200 ? name.substring(0, 200) : name;
    List<Object> values =
        new ArrayList<>(
            List.of(
                Columns.id(),
                listing.seller(),
                Columns.now(),
                Columns.now(),
                false,
                listing.id(),
                kind,
                cut));
    if (score != null) {
      values.add(score);
    }
    if (kept != null) {
      values.add(kept);
    }
    // No database knows the type of a null parameter.
    jdbc.sql(
            "insert into listing_fact (id, user_id, created, updated, deleted, listing_id, kind,"
                + " name, score, kept) values (?, ?, ?, ?, ?, ?, ?, ?, "
                + (score == null ? "null" : "?")
                + ", "
                + (kept == null ? "null" : "?")
                + ")")
        .params(values)
        .update();
  }

  /// Notes the latest price of a listing.
  void price(UUID id, Cost cost) {
    jdbc.sql("update listing set reference_price = ?, updated = ? where id = ?")
        .params(cost.reference(), Columns.now(), id)
        .update();
  }

  /// Moves a listing to a state, if it is in one of some others. What is offered has no reason.
  ///
  /// @return whether it was
  boolean move(UUID id, List<State> from, State to, String reason) {
    return jdbc.sql(
                "update listing set state = :state, reason = :reason, updated = :updated"
                    + " where id = :id and state in (:from)")
            .param("state", to.name())
            .param("reason", reason)
            .param("updated", Columns.now())
            .param("id", id)
            .param("from", from.stream().map(State::name).toList())
            .update()
        == 1;
  }

  /// {@return whether a listing is in a state}
  boolean is(UUID id, State state) {
    return jdbc.sql("select count(*) from listing where id = ? and state = ?")
            .params(id, state.name())
            .query(Long.class)
            .single()
        == 1;
  }
}
