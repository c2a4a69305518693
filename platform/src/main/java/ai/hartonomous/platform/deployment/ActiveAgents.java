package ai.hartonomous.platform.deployment;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Counts the deployments of all users for the metrics. Rows of no user are shown: a number is all
/// that leaves this class.
@Component
class ActiveAgents implements MeterBinder {

  private final JdbcClient database;

  ActiveAgents(JdbcClient database) {
    this.database = database;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("hartonomous.active.agents", this, ActiveAgents::count)
        .description("Number of currently active agents")
        .tag("deployment_type", "local")
        .register(registry);
  }

  private long count() {
    return database
        .sql("select count(*) from deployment where deleted = :deleted")
        .param("deleted", false)
        .query(Long.class)
        .single();
  }
}
