package ai.hartonomous.platform.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlatformMetricsTest {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final PlatformMetrics metrics = new PlatformMetrics(registry);

  @Test
  void hasTheNamesAndLabelsOfTheSpecification() {
    metrics.agentCreated("ann", "chess", Duration.ofSeconds(3));
    metrics.modelQueried("transformer", "vector");

    String user = PlatformMetrics.bucket("ann");
    assertThat(MetricsResource.text(registry))
        .contains("hartonomous_agents_created_total{domain=\"chess\",user_id=\"" + user + "\"} 1.0")
        .contains("hartonomous_agent_creation_duration_seconds_count{domain=\"chess\"} 1")
        .contains("hartonomous_agent_creation_duration_seconds_sum{domain=\"chess\"} 3.0")
        .contains(
            "hartonomous_agent_creation_duration_seconds_bucket{domain=\"chess\",le=\"5.0\"} 1")
        .contains(
            "hartonomous_model_queries_total"
                + "{model_type=\"transformer\",query_type=\"vector\"} 1.0");
  }

  @Test
  void staysSmallWhateverUsersWrite() {
    IntStream.range(0, 5000)
        .forEach(
            i -> {
              metrics.agentCreated("user-" + i, "domain-" + i, Duration.ofSeconds(1));
              metrics.modelQueried("type " + i, "query-" + i);
            });

    long creations =
        registry.getMeters().stream()
            .map(Meter::getId)
            .filter(id -> id.getName().equals("hartonomous.agent.creation.duration"))
            .count();
    assertThat(creations).isEqualTo(PlatformMetrics.WORDS + 1L);
    assertThat(registry.getMeters())
        .hasSizeLessThan(PlatformMetrics.USERS * (PlatformMetrics.WORDS + 1) + 200);
  }

  @Test
  void namesNoUser() {
    metrics.agentCreated("ann@example.com", "chess", Duration.ofSeconds(1));

    assertThat(MetricsResource.text(registry)).doesNotContain("ann@");
  }

  @Test
  void takesNoTextForADomain() {
    metrics.agentCreated("ann", "My secret plan, in full", Duration.ofSeconds(1));

    assertThat(MetricsResource.text(registry))
        .contains("domain=\"other\"")
        .doesNotContain("secret");
  }
}
