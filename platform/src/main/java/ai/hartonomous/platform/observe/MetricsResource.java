package ai.hartonomous.platform.observe;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.swagger.v3.oas.annotations.Hidden;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// `/metrics` for Prometheus, in its text format.
@RestController
@Hidden
class MetricsResource {

  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry;

  MetricsResource(PrometheusMeterRegistry registry) {
    this.registry = registry;
  }

  /// The library of Prometheus cuts `_created` off names, since another format gives it a meaning;
  /// the specification's name has it.
  @GetMapping(path = "/metrics", produces = TEXT)
  String scrape() {
    return text(registry);
  }

  static String text(PrometheusMeterRegistry registry) {
    return registry
        .scrape()
        .replace("hartonomous_agents_total", "hartonomous_agents_created_total");
  }
}
