package ai.hartonomous.platform.database;

import com.zaxxer.hikari.HikariDataSource;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.hibernate.cfg.MappingSettings;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.hibernate.autoconfigure.HibernatePropertiesCustomizer;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Sets what differs between databases, by the JDBC URL alone.
@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {

  static final String APPLICATION = "Hartonomous.Api";

  /// Settings of the drivers. What the URL or `spring.datasource.hikari.data-source-properties`
  /// says about them wins.
  private static final Map<String, String> POSTGRESQL =
      Map.of(
          "ApplicationName", APPLICATION,
          "reWriteBatchedInserts", "true",
          "tcpKeepAlive", "true",
          "connectTimeout", "30");

  private static final Map<String, String> SQLSERVER =
      Map.of(
          "applicationName", APPLICATION,
          "packetSize", "8192",
          "encrypt", "true",
          "loginTimeout", "30");

  @Bean
  static BeanPostProcessor connectionPool() {
    return new BeanPostProcessor() {
      @Override
      public Object postProcessBeforeInitialization(Object bean, String name) {
        if (bean instanceof HikariDataSource pool) {
          configure(pool);
        }
        return bean;
      }
    };
  }

  private static void configure(HikariDataSource pool) {
    switch (DatabaseKind.of(pool.getJdbcUrl())) {
      case H2 -> {}
      case POSTGRESQL -> POSTGRESQL.forEach((key, value) -> set(pool, key, value));
      case SQLSERVER -> {
        SQLSERVER.forEach((key, value) -> set(pool, key, value));
        set(pool, "workstationID", host());
      }
    }
  }

  private static void set(HikariDataSource pool, String key, String value) {
    if (!pool.getJdbcUrl().contains(key + "=")) {
      pool.getDataSourceProperties().putIfAbsent(key, value);
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException _) {
      return "unknown";
    }
  }

  @Bean
  HibernatePropertiesCustomizer byDatabase(DataSourceProperties database) {
    DatabaseKind kind = DatabaseKind.of(database.determineUrl());
    return properties -> {
      // Names of constants are texts in the tables of every database.
      properties.put(MappingSettings.PREFER_NATIVE_ENUM_TYPES, false);
      if (kind == DatabaseKind.SQLSERVER) {
        // Its varchar holds one code page; nvarchar holds every text, and is what the driver sends.
        properties.put(MappingSettings.USE_NATIONALIZED_CHARACTER_DATA, true);
      }
    };
  }
}
