package ai.hartonomous.platform.contract;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.ComposedSchema;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The schemas that no record of the code describes, and the last touches to those that one does.
final class ApiSchemas {

  static final String PROBLEM = "Problem";
  static final String VALIDATION_ERROR = "ValidationError";
  static final String OPENAI_ERROR = "OpenAiError";
  static final String OAUTH_ERROR = "OAuthError";
  private static final String COMPONENTS = "#/components/schemas/";

  private ApiSchemas() {}

  static Schema<?> anyJson() {
    return new Schema<>().description("Any JSON.");
  }

  static Schema<?> object() {
    return new ObjectSchema().additionalProperties(true);
  }

  static Schema<?> ref(String name) {
    return new Schema<>().$ref(COMPONENTS + name);
  }

  static boolean isRawJson(AnnotatedType type) {
    if (type.getCtxAnnotations() == null) {
      return false;
    }
    return List.of(type.getCtxAnnotations()).stream().anyMatch(JsonRawValue.class::isInstance);
  }

  /// {@return the bodies of failed requests}
  static Map<String, Schema<?>> errors() {
    Schema<?> fieldError =
        required(
            new ObjectSchema()
                .addProperty("field", new StringSchema().description("Path of the field."))
                .addProperty("message", new StringSchema().description("What is wrong with it.")),
            "field",
            "message");
    var schemas = new LinkedHashMap<String, Schema<?>>();
    schemas.put(PROBLEM, problem());
    schemas.put("FieldError", fieldError);
    schemas.put("AgentCreationResponse", new ComposedSchema().addAllOfItem(ref("Agent")));
    schemas.put(
        VALIDATION_ERROR,
        problem()
            .description("A problem with the fields of the request that are wrong, if any.")
            .addProperty("errors", new ArraySchema().items(ref("FieldError"))));
    Schema<?> error =
        required(
            new ObjectSchema()
                .addProperty("message", new StringSchema())
                .addProperty("type", new StringSchema())
                .addProperty("param", new StringSchema().nullable(true))
                .addProperty("code", new StringSchema()),
            "message",
            "type",
            "code");
    schemas.put(OPENAI_ERROR, required(new ObjectSchema().addProperty("error", error), "error"));
    schemas.put(
        OAUTH_ERROR,
        required(
            new ObjectSchema()
                .description("An error of OAuth 2 (RFC 6749, 5.2).")
                .addProperty("error", new StringSchema())
                .addProperty("error_description", new StringSchema()),
            "error"));
    return schemas;
  }

  private static Schema<?> problem() {
    return required(
        new ObjectSchema()
            .description("A problem document (RFC 9457).")
            .addProperty("type", new StringSchema().format("uri"))
            .addProperty("title", new StringSchema())
            .addProperty("status", new IntegerSchema())
            .addProperty("detail", new StringSchema())
            .addProperty("instance", new StringSchema().format("uri-reference"))
            .addProperty("requestId", new StringSchema()),
        "type",
        "title",
        "status",
        "instance",
        "requestId");
  }

  private static Schema<?> required(Schema<?> schema, String... names) {
    for (String name : names) {
      schema.addRequiredItem(name);
    }
    return schema;
  }

  /// Writes enumerated values in small letters, as bodies and addresses have them.
  static void finish(OpenAPI document) {
    document.getComponents().getSchemas().values().forEach(ApiSchemas::lower);
    document.getPaths().values().stream()
        .flatMap(path -> path.readOperations().stream())
        .filter(operation -> operation.getParameters() != null)
        .flatMap(operation -> operation.getParameters().stream())
        .forEach(parameter -> lower(parameter.getSchema()));
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // the library's own type of schemas is raw
  private static void lower(Schema schema) {
    if (schema == null) {
      return;
    }
    if (schema.getEnum() != null) {
      List<Object> values = schema.getEnum();
      schema.setEnum(values.stream().map(it -> it.toString().toLowerCase(Locale.ROOT)).toList());
    }
    lower(schema.getItems());
    if (schema.getProperties() != null) {
      ((Map<String, Schema>) schema.getProperties()).values().forEach(ApiSchemas::lower);
    }
  }
}
