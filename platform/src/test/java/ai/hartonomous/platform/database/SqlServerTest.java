package ai.hartonomous.platform.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ai.hartonomous.platform.database.SqlServerMigrations.Column;
import ai.hartonomous.platform.database.SqlServerMigrations.Statement;
import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import org.hibernate.SessionFactory;
import org.hibernate.mapping.Table;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AssignableTypeFilter;
import org.springframework.data.domain.Limit;
import org.springframework.data.domain.PageRequest;
import org.springframework.data.domain.Pageable;
import org.springframework.data.domain.Sort;
import org.springframework.data.jpa.repository.support.JpaRepositoryFactory;
import org.springframework.data.repository.Repository;

/// What can be known about SQL Server without one: the migrations are read by a parser, what
/// Hibernate would send is compared with them and with golden files. Nothing here was executed by a
/// SQL Server.
@Tag("golden")
class SqlServerTest {

  /// Words that SQL Server keeps for itself, of those that a column could be called.
  private static final Set<String> RESERVED =
      Set.of(
          "add all alter and any as asc authorization backup begin between break browse bulk by"
              .concat(" cascade case check checkpoint close clustered coalesce collate column")
              .concat(" commit compute constraint contains continue convert create cross current")
              .concat(" cursor database dbcc deallocate declare default delete deny desc disk")
              .concat(" distinct distributed double drop dump else end errlvl escape except exec")
              .concat(" execute exists exit external fetch file fillfactor for foreign freetext")
              .concat(" from full function goto grant group having holdlock identity if in index")
              .concat(" inner insert intersect into is join key kill left like lineno load merge")
              .concat(
                  " national nocheck nonclustered not null nullif of off offsets on open option")
              .concat(" or order outer over percent pivot plan precision primary print proc")
              .concat(
                  " procedure public raiserror read readtext reconfigure references replication")
              .concat(" restore restrict return revert revoke right rollback rowcount rowguidcol")
              .concat(" rule save schema select session_user set setuser shutdown some statistics")
              .concat(" table tablesample textsize then to top tran transaction trigger truncate")
              .concat(" try_convert tsequal union unique unpivot update updatetext use user values")
              .concat(" varying view waitfor when where while with writetext")
              .split(" "));

  private static final String PLATFORM = "ai.hartonomous.platform.";
  private static final Column NOTHING = new Column("nothing", false);

  /// How Hibernate locks rows; the parser knows none of these words.
  private static final String LOCK_HINTS = " with \\((?:updlock|holdlock|rowlock|[, ])+\\)";

  private static final Map<String, String> SAME_TYPE = Map.of("int", "integer");

  private static OfflineSqlServer offline;
  private static SessionFactory sessions;

  @BeforeAll
  static void boot() {
    offline = new OfflineSqlServer();
    sessions = offline.open();
  }

  @AfterAll
  static void close() {
    sessions.close();
  }

  private static Map<String, Map<String, String>> mapped() {
    var tables = new TreeMap<String, Map<String, String>>();
    for (Table table : offline.metadata().collectTableMappings()) {
      var columns = new TreeMap<String, String>();
      table
          .getColumns()
          .forEach(
              column -> columns.put(column.getName(), base(column.getSqlType(offline.metadata()))));
      tables.put(table.getName(), columns);
    }
    return tables;
  }

  private static String base(String type) {
    String bare = type.replaceAll("\\(.*", "").strip();
    return SAME_TYPE.getOrDefault(bare, bare);
  }

  @Test
  void migrationsMakeEveryColumnThatIsMapped() throws IOException {
    var made = SqlServerMigrations.tables();

    mapped()
        .forEach(
            (table, columns) -> {
              Map<String, Column> found = made.getOrDefault(table, Map.of());
              columns.forEach(
                  (name, type) ->
                      assertThat(base(found.getOrDefault(name, NOTHING).type()))
                          .as("%s.%s", table, name)
                          .isEqualTo(type));
            });
  }

  @Test
  void everyNeededColumnIsMapped() throws IOException {
    var mapped = mapped();

    SqlServerMigrations.tables()
        .forEach(
            (table, columns) -> {
              if (mapped.containsKey(table)) {
                columns.forEach(
                    (name, column) ->
                        assertThat(
                                !column.needed()
                                    || mapped.getOrDefault(table, Map.of()).containsKey(name))
                            .as("%s.%s has a value when a row is inserted", table, name)
                            .isTrue());
              }
            });
  }

  @Test
  void noNameIsAReservedWord() {
    mapped()
        .forEach(
            (table, columns) -> {
              assertThat(RESERVED).doesNotContain(table);
              columns.keySet().forEach(it -> assertThat(RESERVED).as(table).doesNotContain(it));
            });
  }

  /// The parser does not know all of Transact-SQL. What it cannot read stands in `unread.txt` and
  /// is checked by eye alone.
  @Test
  void theParserReadsTheMigrations() throws IOException {
    List<String> unread = new ArrayList<>();
    for (Statement statement : SqlServerMigrations.statements()) {
      try {
        CCJSqlParserUtil.parse(statement.text());
      } catch (JSQLParserException _) {
        unread.add(statement.file() + ": " + statement.text().lines().findFirst().orElse(""));
      }
    }

    golden("unread.txt", unread);
  }

  /// {@return the rooms that have entities}
  static Set<String> rooms() {
    Set<String> rooms = new TreeSet<>();
    for (String entity : OfflineSqlServer.entities().keySet()) {
      rooms.add(entity.substring(PLATFORM.length(), entity.indexOf('.', PLATFORM.length())));
    }
    return rooms;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rooms")
  void sendsTheStatementsOfTheGoldenFile(String room) throws Exception {
    List<String> statements = new ArrayList<>();
    for (var entity : OfflineSqlServer.entities().entrySet()) {
      if (entity.getKey().startsWith(PLATFORM + room + ".")) {
        statements.addAll(changes(entity.getValue()));
      }
    }
    statements.addAll(queries(room));

    for (String statement : statements) {
      if (!statement.startsWith("--")) {
        String known = statement.replaceAll(LOCK_HINTS, "");
        assertThatCode(() -> CCJSqlParserUtil.parse(known))
            .as(statement)
            .doesNotThrowAnyException();
      }
    }
    golden(room + ".sql", statements);
  }

  /// {@return what is sent to insert, read, update and delete an entity}
  private static List<String> changes(Class<?> entity) {
    try (EntityManager entities = sessions.createEntityManager()) {
      entities.getTransaction().begin();
      Object example = OfflineSqlServer.example(entity);
      entities.persist(example);
      entities.flush();
      entities.find(entity, new UUID(3, 4));
      entities.remove(example);
      entities.flush();
      entities.getTransaction().rollback();
      return offline.sent();
    }
  }

  /// {@return what the repositories of a room send}
  private static List<String> queries(String room) throws ReflectiveOperationException {
    var scanner =
        new ClassPathScanningCandidateComponentProvider(false) {
          @Override
          protected boolean isCandidateComponent(AnnotatedBeanDefinition definition) {
            return definition.getMetadata().isInterface();
          }
        };
    scanner.addIncludeFilter(new AssignableTypeFilter(Repository.class));
    List<String> found = new ArrayList<>();
    for (BeanDefinition candidate : scanner.findCandidateComponents(PLATFORM + room)) {
      Class<?> type = Class.forName(candidate.getBeanClassName());
      Method[] methods = type.getDeclaredMethods();
      Arrays.sort(methods, Comparator.comparing(Method::getName));
      for (Method method : methods) {
        if (!method.isDefault()) {
          found.add("-- %s.%s".formatted(type.getSimpleName(), method.getName()));
          found.addAll(sent(type, method));
        }
      }
    }
    return found;
  }

  private static List<String> sent(Class<?> type, Method method)
      throws ReflectiveOperationException {
    try (EntityManager entities = sessions.createEntityManager()) {
      entities.getTransaction().begin();
      Object repository = new JpaRepositoryFactory(entities).getRepository(type);
      method.setAccessible(true);
      Type[] types = method.getGenericParameterTypes();
      @Nullable Object[] arguments = new @Nullable Object[types.length];
      for (int i = 0; i < types.length; i++) {
        arguments[i] = argument(types[i]);
      }
      try {
        method.invoke(repository, arguments);
      } catch (InvocationTargetException e) {
        throw new AssertionError("%s fails".formatted(method), e.getCause());
      }
      entities.getTransaction().rollback();
      return offline.sent();
    }
  }

  private static @Nullable Object argument(Type type) {
    if (type instanceof ParameterizedType many) {
      Object one = argument(many.getActualTypeArguments()[0]);
      return many.getRawType() == Set.class ? Set.of(one) : List.of(one);
    }
    if (type == Limit.class) {
      return Limit.of(51);
    }
    if (type == Pageable.class) {
      return PageRequest.of(0, 51);
    }
    if (type == Sort.class) {
      return Sort.by("id");
    }
    return OfflineSqlServer.value((Class<?>) type);
  }

  private static void golden(String name, List<String> lines) throws IOException {
    String text = lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    Path file =
        Path.of(System.getProperty("repository.root", ".."))
            .resolve("platform/src/test/resources/sqlserver")
            .resolve(name);
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text, StandardCharsets.UTF_8);
    }
    assertThat(text)
        .as("%s; if the change is right, ./hartonomous golden writes it anew", name)
        .isEqualTo(Files.readString(file));
  }
}
