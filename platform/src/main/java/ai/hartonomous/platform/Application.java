package ai.hartonomous.platform;

import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;

/// The server: every room of the platform in one process.
@SpringBootApplication(proxyBeanMethods = false)
@EnableConfigurationProperties(Settings.class)
public class Application {

  Application() {}

  /// {@return the running server; closing it ends the work in an orderly way}
  ///
  /// @param properties settings that win over file and environment, such as `server.port`
  public static ConfigurableApplicationContext start(Map<String, String> properties) {
    String[] arguments =
        properties.entrySet().stream()
            .map(entry -> "--%s=%s".formatted(entry.getKey(), entry.getValue()))
            .toArray(String[]::new);
    return new SpringApplicationBuilder(Application.class)
        .bannerMode(Banner.Mode.OFF)
        .run(arguments);
  }
}
