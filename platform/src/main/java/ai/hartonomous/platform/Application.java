package ai.hartonomous.platform;

import java.io.IOException;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.LifecycleProcessor;
import org.springframework.context.support.AbstractApplicationContext;

/// The server: every room of the platform in one process.
@SpringBootApplication(proxyBeanMethods = false)
@EnableConfigurationProperties(Settings.class)
public class Application {

  /// How H2 ends a message about a file with another format, or with what no format has.
  private static final Pattern UNREADABLE = Pattern.compile("\\[[0-9.]+/[56]]$");

  Application() {}

  /// {@return the running server; closing it ends the work in an orderly way}
  ///
  /// @param properties settings that win over file and environment, such as `server.port`
  /// @throws IOException if it cannot start, for instance because the port or the data folder is in
  ///   use
  public static ConfigurableApplicationContext start(Map<String, String> properties)
      throws IOException {
    String[] arguments =
        properties.entrySet().stream()
            .map(entry -> "--%s=%s".formatted(entry.getKey(), entry.getValue()))
            .toArray(String[]::new);
    try {
      return new SpringApplicationBuilder(Application.class)
          .bannerMode(Banner.Mode.OFF)
          .run(arguments);
    } catch (RuntimeException e) { // whatever keeps a bean from its work ends here
      throw new IOException(
          "the server cannot start on port %s with data in %s: %s"
              .formatted(
                  properties.get("server.port"), properties.get("hartonomous.data"), reason(e)),
          e);
    }
  }

  /// {@return the rooms without a server and without jobs, for work of an operator; closing it ends
  /// it}
  ///
  /// @param properties settings that win over file and environment, such as `hartonomous.data`
  /// @throws IOException if the data folder cannot be opened, for instance because a server uses it
  public static ConfigurableApplicationContext offline(Map<String, String> properties)
      throws IOException {
    String[] arguments =
        properties.entrySet().stream()
            .map(entry -> "--%s=%s".formatted(entry.getKey(), entry.getValue()))
            .toArray(String[]::new);
    try {
      return new SpringApplicationBuilder(Application.class)
          .bannerMode(Banner.Mode.OFF)
          .web(WebApplicationType.NONE)
          .lazyInitialization(true)
          .initializers(
              context ->
                  context
                      .getBeanFactory()
                      .registerSingleton(
                          AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME,
                          new NothingStarts()))
          .run(arguments);
    } catch (RuntimeException e) { // whatever keeps a bean from its work ends here
      throw new IOException(
          "%s cannot be opened: %s".formatted(properties.get("hartonomous.data"), reason(e)), e);
    }
  }

  private static @Nullable String reason(Throwable failure) {
    boolean unreadable = false;
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
      unreadable |= UNREADABLE.matcher(String.valueOf(root.getMessage())).find();
    }
    return unreadable
        ? "the database file is damaged, or another version of H2 wrote it; restore a backup ("
            + root.getMessage()
            + ")"
        : root.getMessage();
  }

  /// Keeps jobs and whatever else runs by itself from starting.
  private static final class NothingStarts implements LifecycleProcessor {

    @Override
    public void onRefresh() {}

    @Override
    public void onClose() {}

    @Override
    public void start() {}

    @Override
    public void stop() {}

    @Override
    public boolean isRunning() {
      return false;
    }
  }
}
