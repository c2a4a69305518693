package ai.hartonomous.platform.graph;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.stereotype.Component;

/// Whether the graph answers: part `graph` of the health checks.
@Component("graphHealthIndicator")
class GraphHealth extends AbstractHealthIndicator {

  private final GraphStore store;

  GraphHealth(GraphStore store) {
    super("the graph does not answer");
    this.store = store;
  }

  @Override
  protected void doHealthCheck(Health.Builder builder) {
    store.check();
    builder.up().withDetail("store", store.name());
  }
}
