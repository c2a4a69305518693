package ai.hartonomous.platform.contract;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Contact;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.util.List;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.customizers.PropertyCustomizer;
import org.springdoc.core.providers.ObjectMapperProvider;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;

/// The OpenAPI document: its head, and what is said of every operation alike. Everything else comes
/// from the resources and the records they take and give.
@Configuration(proxyBeanMethods = false)
class ApiDocument {

  private static final String BEARER = "BearerAuth";

  static {
    // Any JSON; without this the library describes the class itself.
    SpringDocUtils.getConfig().replaceWithSchema(JsonNode.class, ApiSchemas.anyJson());
  }

  @Bean
  OpenAPI api() {
    return new OpenAPI()
        .openapi("3.0.3")
        .info(
            new Info()
                .title("Hartonomous AI Agent Factory API")
                .description("Enterprise API for creating and managing AI agents")
                .version("1.0.0")
                .contact(new Contact().name("API Support").email("api-support@hartonomous.com"))
                .license(new License().name("Proprietary").url("./LICENSE")))
        .servers(
            List.of(
                new Server().url("/").description("This server"),
                new Server().url("https://api.hartonomous.com").description("Production server"),
                new Server()
                    .url("https://staging-api.hartonomous.com")
                    .description("Staging server")))
        .addSecurityItem(new SecurityRequirement().addList(BEARER))
        .components(
            new Components()
                .addSecuritySchemes(
                    BEARER,
                    new SecurityScheme()
                        .type(SecurityScheme.Type.HTTP)
                        .scheme("bearer")
                        .bearerFormat("JWT")));
  }

  @Bean
  RecordSchemas records(ObjectMapperProvider mappers) {
    return new RecordSchemas(mappers.jsonMapper());
  }

  /// Columns that hold JSON are shown as what they hold, not as texts.
  @Bean
  PropertyCustomizer rawJson() {
    return (schema, type) -> ApiSchemas.isRawJson(type) ? ApiSchemas.object() : schema;
  }

  @Bean
  OpenApiCustomizer finish() {
    return document -> {
      // Not earlier: schemas that nothing refers to yet are thrown away.
      ApiSchemas.errors().forEach(document.getComponents()::addSchemas);
      ApiSchemas.finish(document);
      document
          .getPaths()
          .values()
          .forEach(path -> path.readOperationsMap().forEach(ApiAnswers::finish));
    };
  }
}
