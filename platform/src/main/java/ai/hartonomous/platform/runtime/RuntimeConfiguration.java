package ai.hartonomous.platform.runtime;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.inference.Features;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.HttpEncodingAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/// The rooms that the runtime shares with the server: the wire format and the HTTP edge, as they
/// are. Of Spring Boot it takes what serves HTTP and JSON, by name, so that nothing else that may
/// be on the class path starts. It is no `@Configuration`, which the server would find.
@EnableConfigurationProperties(Settings.class)
@ComponentScan({"ai.hartonomous.platform.inference", "ai.hartonomous.platform.web"})
@ImportAutoConfiguration({
  ApplicationAvailabilityAutoConfiguration.class,
  ConfigurationPropertiesAutoConfiguration.class,
  DispatcherServletAutoConfiguration.class,
  ErrorMvcAutoConfiguration.class,
  HttpEncodingAutoConfiguration.class,
  HttpMessageConvertersAutoConfiguration.class,
  JacksonAutoConfiguration.class,
  LifecycleAutoConfiguration.class,
  PropertyPlaceholderAutoConfiguration.class,
  TomcatServletWebServerAutoConfiguration.class,
  WebMvcAutoConfiguration.class,
})
class RuntimeConfiguration {

  static final String LIVE = "/health/live";
  static final String READY = "/health/ready";

  private static final MediaType PROMETHEUS =
      MediaType.parseMediaType("text/plain; version=0.0.4; charset=utf-8");

  /// `/health/live` and `/health/ready`: the port opens when the agent is in memory, and the
  /// runtime is no longer ready as soon as it is to stop.
  @Bean
  RouterFunction<ServerResponse> health(ApplicationAvailability state, OneAgent agent) {
    return RouterFunctions.route()
        .GET(LIVE, _ -> health(agent, state.getLivenessState() == LivenessState.CORRECT))
        .GET(
            READY,
            _ -> health(agent, state.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC))
        .build();
  }

  private static ServerResponse health(OneAgent agent, boolean good) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("status", good ? "UP" : "DOWN");
    body.put("agent", agent.entry().name());
    body.put("version", agent.entry().id());
    body.put("manifest", agent.manifest());
    return ServerResponse.status(good ? 200 : 503)
        .contentType(MediaType.APPLICATION_JSON)
        .body(body);
  }

  /// `/metrics`: how answers are served, as the server tells it, and the memory of Java.
  @Bean
  RouterFunction<ServerResponse> metrics(PrometheusMeterRegistry registry) {
    new JvmMemoryMetrics().bindTo(registry);
    return RouterFunctions.route()
        .GET("/metrics", _ -> ServerResponse.ok().contentType(PROMETHEUS).body(registry.scrape()))
        .build();
  }

  @Bean
  PrometheusMeterRegistry registry() {
    return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  }

  @Bean
  Unmetered meter() {
    return new Unmetered();
  }

  /// A worker gets from its server what features write, and which transcoders to read.
  @Bean
  Features features() {
    return new NoFeatures();
  }

  @Bean
  AnyCaller caller() {
    return new AnyCaller();
  }
}
