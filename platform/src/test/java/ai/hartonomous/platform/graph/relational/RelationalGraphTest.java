package ai.hartonomous.platform.graph.relational;

import ai.hartonomous.platform.TestDatabase;
import ai.hartonomous.platform.graph.GraphContract;
import ai.hartonomous.platform.graph.GraphStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Nested;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class RelationalGraphTest {

  private static GraphStore migrated(DataSource dataSource, String vendor) {
    Flyway.configure()
        .dataSource(dataSource)
        .locations("classpath:db/migration/" + vendor)
        .load()
        .migrate();
    return new RelationalGraph(dataSource, new DataSourceTransactionManager(dataSource));
  }

  @Nested
  class OnH2 extends GraphContract {

    private static final GraphStore STORE =
        migrated(
            new DriverManagerDataSource("jdbc:h2:mem:graph;DB_CLOSE_DELAY=-1", "sa", ""), "h2");

    @Override
    protected GraphStore store() {
      return STORE;
    }
  }

  @Nested
  class OnPostgresql extends GraphContract {

    private static final GraphStore STORE = open();

    private static GraphStore open() {
      try {
        Map<String, String> settings = TestDatabase.postgresql(Path.of("relational-graph"));
        return migrated(
            new DriverManagerDataSource(
                settings.getOrDefault("spring.datasource.url", ""), "postgres", ""),
            "postgresql");
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    protected GraphStore store() {
      return STORE;
    }
  }
}
