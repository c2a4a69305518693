package ai.hartonomous.platform.deployment;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Counts the deployments of all users, for the metrics and for the workers of this node. Rows of
/// no user are shown: a number is all that leaves this class.
@Component
class ActiveAgents implements MeterBinder {

  private final JdbcClient database;

  ActiveAgents(JdbcClient database) {
    this.database = database;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (DeploymentType type : DeploymentType.values()) {
      Gauge.builder("hartonomous.active.agents", this, it -> it.count(type))
          .description("Number of currently active agents")
          .tag("deployment_type", type.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
  }

  private long count(DeploymentType type) {
    return database
        .sql("select count(*) from deployment where deleted = :deleted and deployment_type = :type")
        .param("deleted", false)
        .param("type", type.name())
        .query(Long.class)
        .single();
  }

  /// {@return whether an agent that is there is deployed with workers, on any node}
  ///
  /// @param agentId its id
  boolean isWithWorkers(UUID agentId) {
    return database
            .sql(
                """
                select count(*) from deployment
                join agent on agent.id = deployment.agent_id
                where agent_id = :agent and deployment_type = :type
                and deployment.deleted = :deleted and agent.deleted = :deleted""")
            .param("agent", agentId)
            .param("type", DeploymentType.WORKER.name())
            .param("deleted", false)
            .query(Long.class)
            .single()
        > 0;
  }
}
