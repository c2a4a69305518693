package ai.hartonomous.platform.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.contract.Operations.Operation;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OpenApiIT {

  private static final Pattern BLOCK =
      Pattern.compile("```yaml\\n(openapi: .*?)```", Pattern.DOTALL);

  private final TestServer server = TestServer.shared();

  @Test
  void documentIsValid() throws Exception {
    var options = new ParseOptions();
    options.setResolve(true);
    String document = server.send(server.request("/v3/api-docs")).body();

    var parsed = new OpenAPIV3Parser().readContents(document, List.of(), options);

    // The specification fixes this address; the parser knows only whole ones.
    assertThat(parsed.getMessages()).isSubsetOf("info.license../LICENSE");
    assertThat(parsed.getOpenAPI().getPaths()).hasSizeGreaterThan(20);
  }

  @Test
  void agreesWithWhatTheSpecificationFixes() throws Exception {
    try (InputStream golden = getClass().getResourceAsStream("/contract/specification.yaml")) {
      new Agreement(yaml(golden), Operations.document(server)).check();
    }
  }

  @Test
  void agreesWithTheSpecificationItself() throws Exception {
    Path specification = Path.of("../../shared/spec/technical-specifications.md");
    assumeTrue(
        Files.exists(specification), () -> "no " + specification + " to compare the document with");
    Matcher block = BLOCK.matcher(Files.readString(specification));
    assertThat(block.find()).isTrue();

    new Agreement(yaml(block.group(1)), Operations.document(server)).check();
  }

  @Test
  void describesEveryOperation() throws Exception {
    var names = new HashSet<String>();
    for (Operation operation : Operations.of(server)) {
      JsonNode said = operation.said();
      assertThat(said.path("summary").asString("")).as("summary of %s", operation).isNotEmpty();
      assertThat(said.path("tags").size()).as("tags of %s", operation).isEqualTo(1);
      assertThat(operation.id()).as("id of %s", operation).matches("[a-z][A-Za-z]+");
      assertThat(names.add(operation.id())).as("id of %s is its own", operation).isTrue();
      assertThat(operation.statuses()).as("answers of %s", operation).contains("429", "500");
    }
  }

  @Test
  void everyReferenceLeadsToASchema() throws Exception {
    JsonNode document = Operations.document(server);
    JsonNode schemas = document.at("/components/schemas");

    assertThat(document.findValuesAsString("$ref"))
        .allSatisfy(it -> assertThat(schemas.has(it.substring(it.lastIndexOf('/') + 1))).isTrue());
    assertThat(schemas.propertyNames())
        .contains("Problem", "ValidationError", "OpenAiError", "AgentCreationResponse");
  }

  @Test
  void pageThatShowsItLoadsNothingFromElsewhere() throws Exception {
    var page = server.send(server.request("/swagger-ui/index.html"));

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Security-Policy")).contains("default-src 'none'");
    assertThat(page.response().headers().allValues("Content-Security-Policy")).hasSize(1);
    Matcher source = Pattern.compile("(?:src|href)=\"([^\"]+)\"").matcher(page.body());
    assertThat(source.results().map(it -> it.group(1)))
        .isNotEmpty()
        .allSatisfy(
            it -> {
              assertThat(it).doesNotContain("//");
              String path = "/swagger-ui/" + it.replaceFirst("^\\./", "");
              assertThat(server.send(server.request(path)).status()).isEqualTo(200);
            });
  }

  private static JsonNode yaml(Object source) {
    var parser = new Yaml();
    Object tree =
        source instanceof InputStream stream ? parser.load(stream) : parser.load((String) source);
    return JsonMapper.shared().valueToTree(tree);
  }

  @Test
  void hasNoPathBesidesTheDocumented() throws Exception {
    Stream<String> paths = Operations.of(server).stream().map(Operation::path);

    assertThat(paths).allMatch(it -> it.startsWith("/v1/") || it.startsWith("/openai/v1/"));
  }
}
