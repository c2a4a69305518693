package ai.hartonomous.platform.metering;

import ai.hartonomous.platform.metering.Charging.Period;
import ai.hartonomous.platform.tenant.Columns;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What tenants used of agents that have prices of their own, by period. Changed only by who holds
/// the end of the tenant's log. Plain SQL as there: every statement names the tenant.
@Component
class OfferUse {

  private final JdbcClient jdbc;

  OfferUse(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// {@return what was used of an agent in a period so far}
  Use find(String tenant, UUID agent, Period period) {
    return jdbc.sql(
            "select tokens_in, tokens_cached, tokens_out, calls from usage_offer"
                + " where tenant = ? and agent_id = ? and begins = ?")
        .params(tenant, agent, Columns.time(period.begins()))
        .query(
            (row, _) ->
                new Use(
                    row.getLong("tokens_in"),
                    row.getLong("tokens_cached"),
                    row.getLong("tokens_out"),
                    row.getLong("calls"),
                    0))
        .optional()
        .orElse(Use.NONE);
  }

  /// Adds to what was used of an agent in a period.
  void add(String tenant, UUID agent, Period period, Use use) {
    int changed =
        jdbc.sql(
                "update usage_offer set tokens_in = tokens_in + ?, tokens_cached = tokens_cached"
                    + " + ?, tokens_out = tokens_out + ?, calls = calls + ?, updated = ?"
                    + " where tenant = ? and agent_id = ? and begins = ?")
            .params(
                use.input(),
                use.cached(),
                use.output(),
                use.calls(),
                Columns.now(),
                tenant,
                agent,
                Columns.time(period.begins()))
            .update();
    if (changed == 0) {
      insert(tenant, agent, period, use);
    }
  }

  private void insert(String tenant, UUID agent, Period period, Use use) {
    jdbc.sql(
            "insert into usage_offer (id, user_id, created, updated, deleted, tenant, agent_id,"
                + " begins, tokens_in, tokens_cached, tokens_out, calls)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .params(
            Columns.id(),
            tenant,
            Columns.now(),
            Columns.now(),
            false,
            tenant,
            agent,
            Columns.time(period.begins()),
            use.input(),
            use.cached(),
            use.output(),
            use.calls())
        .update();
  }

  /// {@return whether a tenant was ever charged for a call of an agent}
  boolean isUsed(String tenant, UUID agent) {
    return jdbc.sql("select count(*) from usage_offer where tenant = ? and agent_id = ?")
            .params(tenant, agent)
            .query(Long.class)
            .single()
        > 0;
  }
}
