package ai.hartonomous.platform.database;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/// The database of a data folder, opened without a server: by the same settings, from environment
/// and system properties.
///
/// @param source gives connections
/// @param kind what database it is
public record OfflineDatabase(DataSource source, DatabaseKind kind) {

  /// {@return the database that a server with this data folder would use}
  ///
  /// @param data the data folder
  /// @param mode whether an embedded database may be made
  /// @throws IOException if the settings cannot be read
  public static OfflineDatabase of(Path data, Mode mode) throws IOException {
    var environment = new StandardEnvironment();
    var sources = environment.getPropertySources();
    Map<String, Object> folder = Map.of("hartonomous.data", data.toAbsolutePath().toString());
    sources.addFirst(new MapPropertySource("command line", folder));
    new YamlPropertySourceLoader()
        .load("defaults", new ClassPathResource("application.yaml"))
        .forEach(sources::addLast);
    ConfigurationPropertySources.attach(environment);
    DataSourceProperties properties =
        Binder.get(environment).bindOrCreate("spring.datasource", DataSourceProperties.class);
    String url = Objects.requireNonNull(properties.getUrl(), "application.yaml has a URL");
    DatabaseKind kind = DatabaseKind.of(url);
    if (kind == DatabaseKind.H2 && mode == Mode.EXISTING) {
      url += ";IFEXISTS=TRUE";
    }
    return new OfflineDatabase(
        new DriverManagerDataSource(
            url,
            Objects.requireNonNullElse(properties.getUsername(), ""),
            Objects.requireNonNullElse(properties.getPassword(), "")),
        kind);
  }

  /// Whether an embedded database may be made.
  public enum Mode {
    /// It has to be there.
    EXISTING,
    /// It is made if it is not there.
    CREATED
  }
}
