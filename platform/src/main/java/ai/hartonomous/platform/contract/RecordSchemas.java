package ai.hartonomous.platform.contract;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.core.jackson.TypeNameResolver;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Describes records: a schema is called as its record is, without `View`, where an `Ask` is a
/// request; `View` alone is called as the type around it. What is not marked as nullable is
/// required. Two records of one name are an error.
final class RecordSchemas extends ModelResolver {

  RecordSchemas(ObjectMapper mapper) {
    super(mapper, new Names());
  }

  private static final class Names extends TypeNameResolver {

    private final Map<String, Class<?>> taken = new ConcurrentHashMap<>();

    @Override
    protected String nameForClass(Class<?> type, Set<Options> options) {
      String said = super.nameForClass(type, options);
      Class<?> around = type.getEnclosingClass();
      String whole = said.equals("View") && around != null ? around.getSimpleName() : said;
      String name = whole.replaceFirst("View$", "").replaceFirst("Ask$", "Request");
      Class<?> other = type.isRecord() ? taken.putIfAbsent(name, type) : null;
      if (other != null && other != type) {
        throw new IllegalStateException(
            "%s and %s are both schema %s; name one with @Schema".formatted(other, type, name));
      }
      return name;
    }
  }

  @Override
  public @Nullable Schema<?> resolve(
      AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> next) {
    Schema<?> schema = super.resolve(type, context, next);
    Class<?> described = _mapper.constructType(type.getType()).getRawClass();
    if (schema == null || !described.isRecord()) {
      return schema;
    }
    String reference = schema.get$ref();
    Schema<?> model =
        reference == null
            ? schema
            : context.getDefinedModels().get(reference.substring(reference.lastIndexOf('/') + 1));
    if (model != null && model.getProperties() != null) {
      require(model, described);
    }
    return schema;
  }

  private static void require(Schema<?> model, Class<?> described) {
    for (RecordComponent component : described.getRecordComponents()) {
      String name = component.getName();
      boolean known = model.getProperties().containsKey(name);
      boolean missing = model.getRequired() == null || !model.getRequired().contains(name);
      if (known && missing && !component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
        model.addRequiredItem(name);
      }
    }
  }
}
