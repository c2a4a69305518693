package ai.hartonomous.platform.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.hibernate.annotations.SoftDelete;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;

/// What keeps the users' rows apart must not be forgotten on any entity.
class EntitiesTest {

  /// Rows of these are replaced under the same key, which a row that Hibernate hides would occupy:
  /// a deleted embedding is read by every node's index, a forgotten key of a request is free again.
  private static final Set<String> KEEP_THEIR_OWN_MARK = Set.of("EmbeddingRow", "AnswerRow");

  static Stream<Class<?>> entities() throws ClassNotFoundException {
    var scanner = new ClassPathScanningCandidateComponentProvider(false);
    scanner.addIncludeFilter(new AnnotationTypeFilter(Entity.class));
    Set<String> names = new TreeSet<>();
    scanner
        .findCandidateComponents("ai.hartonomous.platform")
        .forEach(found -> names.add(found.getBeanClassName()));
    assertThat(names).hasSizeGreaterThan(10);
    Stream.Builder<Class<?>> entities = Stream.builder();
    for (String name : names) {
      entities.add(Class.forName(name));
    }
    return entities.build();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("entities")
  void isOwnedAndSoftlyDeleted(Class<?> entity) throws NoSuchFieldException {
    assertThat(OwnedRow.class).isAssignableFrom(entity);
    assertThat(entity.getAnnotation(Table.class)).isNotNull();
    SoftDelete softDelete = entity.getAnnotation(SoftDelete.class);
    if (KEEP_THEIR_OWN_MARK.contains(entity.getSimpleName())) {
      assertThat(softDelete).isNull();
      assertThat(entity.getDeclaredField("deleted").getType()).isEqualTo(boolean.class);
    } else {
      assertThat(softDelete).isNotNull();
      assertThat(softDelete.columnName()).isEqualTo("deleted");
    }
  }
}
