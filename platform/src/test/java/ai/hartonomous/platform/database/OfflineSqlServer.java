package ai.hartonomous.platform.database;

import ai.hartonomous.platform.tenant.OwnedRow;
import jakarta.persistence.Entity;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.hibernate.SessionFactory;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.model.naming.PhysicalNamingStrategySnakeCaseImpl;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;

/// Hibernate as it is with a SQL Server 2025, without a server: it makes its statements, and a
/// connection that leads nowhere takes them.
@SuppressWarnings("doclint:missing") // a test fixture
final class OfflineSqlServer implements StatementInspector {

  private final List<String> statements = new ArrayList<>();
  private final Metadata metadata;

  OfflineSqlServer() {
    var registry =
        new StandardServiceRegistryBuilder()
            .applySetting("hibernate.boot.allow_jdbc_metadata_access", false)
            .applySetting("jakarta.persistence.database-product-name", "Microsoft SQL Server")
            .applySetting("jakarta.persistence.database-major-version", 17)
            .applySetting(AvailableSettings.USE_NATIONALIZED_CHARACTER_DATA, true)
            .applySetting(AvailableSettings.PREFER_NATIVE_ENUM_TYPES, false)
            .applySetting("hibernate.query.hql.json_functions_enabled", true)
            .applySetting(AvailableSettings.JDBC_TIME_ZONE, "UTC")
            .applySetting(
                AvailableSettings.PHYSICAL_NAMING_STRATEGY,
                PhysicalNamingStrategySnakeCaseImpl.class.getName())
            .applySetting(AvailableSettings.STATEMENT_INSPECTOR, this)
            .applySetting(AvailableSettings.CONNECTION_PROVIDER, new Nowhere())
            .applySetting(AvailableSettings.MULTI_TENANT_IDENTIFIER_RESOLVER, new Someone())
            .build();
    var sources = new MetadataSources(registry);
    entities().values().forEach(sources::addAnnotatedClass);
    this.metadata = sources.buildMetadata();
  }

  static Map<String, Class<?>> entities() {
    var scanner = new ClassPathScanningCandidateComponentProvider(false);
    scanner.addIncludeFilter(new AnnotationTypeFilter(Entity.class));
    var found = new TreeMap<String, Class<?>>();
    for (var candidate : scanner.findCandidateComponents("ai.hartonomous.platform")) {
      String name = candidate.getBeanClassName();
      try {
        found.put(name, Class.forName(name));
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException(e);
      }
    }
    return found;
  }

  Metadata metadata() {
    return metadata;
  }

  SessionFactory open() {
    return metadata.buildSessionFactory();
  }

  @Override
  public String inspect(String sql) {
    statements.add(sql);
    return sql;
  }

  /// {@return what was sent since this was asked last}
  List<String> sent() {
    List<String> sent = statements.stream().distinct().toList();
    statements.clear();
    return sent;
  }

  /// {@return an entity with something in every field}
  static Object example(Class<?> entity) {
    try {
      var constructor = entity.getDeclaredConstructor();
      constructor.setAccessible(true);
      Object made = constructor.newInstance();
      for (Class<?> type = entity; type != OwnedRow.class && type != Object.class; ) {
        for (Field field : type.getDeclaredFields()) {
          if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
            field.setAccessible(true);
            field.set(made, example(field));
          }
        }
        type = type.getSuperclass();
      }
      return made;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Object example(Field field) {
    Object known = value(field.getType());
    if (known == null) {
      throw new IllegalStateException("no example for " + field);
    }
    return known;
  }

  /// {@return something of a type, or null}
  static @Nullable Object value(Class<?> type) {
    if (type.isEnum()) {
      return type.getEnumConstants()[0];
    }
    return switch (type.getName()) {
      case "java.lang.String" -> "{}";
      case "java.util.UUID" -> new UUID(1, 2);
      case "java.time.Instant" -> Instant.EPOCH;
      case "java.lang.Integer", "int" -> 1;
      case "java.lang.Long", "long" -> 1L;
      case "java.lang.Double", "double" -> 1.0;
      case "java.lang.Float", "float" -> 1f;
      case "java.lang.Boolean", "boolean" -> true;
      case "[B" -> new byte[] {1};
      case "[F" -> new float[1536];
      default -> null;
    };
  }

  private static final class Someone implements CurrentTenantIdentifierResolver<String> {
    @Override
    public String resolveCurrentTenantIdentifier() {
      return "someone";
    }

    @Override
    public boolean validateExistingCurrentSessions() {
      return true;
    }
  }

  /// Gives connections that find nothing and change everything.
  private static final class Nowhere implements ConnectionProvider {
    @Override
    public Connection getConnection() {
      return (Connection) nothing(Connection.class);
    }

    @Override
    public void closeConnection(Connection connection) {}

    @Override
    public boolean supportsAggressiveRelease() {
      return false;
    }

    @Override
    public boolean isUnwrappableAs(Class<?> type) {
      return false;
    }

    @Override
    public <T> T unwrap(Class<T> type) {
      throw new IllegalStateException("there is nothing in it");
    }
  }

  @SuppressWarnings("ReferenceEquality") // what identity is
  private static Object nothing(Class<?> type) {
    InvocationHandler handler =
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "toString" -> "nowhere";
              case "hashCode" -> 1;
              case "equals" -> proxy == arguments[0];
              case "executeUpdate" -> 1;
              case "executeBatch" -> new int[] {1};
              case "isValid" -> true;
              default -> answer(method.getReturnType());
            };
    return Proxy.newProxyInstance(
        OfflineSqlServer.class.getClassLoader(), new Class<?>[] {type}, handler);
  }

  private static @Nullable Object answer(Class<?> type) {
    if (type == boolean.class) {
      return false;
    }
    if (type == int.class) {
      return 0;
    }
    if (type == long.class) {
      return 0L;
    }
    boolean jdbc =
        List.of(
                PreparedStatement.class,
                ResultSet.class,
                ResultSetMetaData.class,
                DatabaseMetaData.class)
            .contains(type);
    return jdbc ? nothing(type) : null;
  }
}
