package ai.hartonomous.platform.contract;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.contract.Operations.Operation;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Calls every operation of the OpenAPI document as one user with what belongs to another. The
/// answer must be the one to ids that nobody has.
@TestMethodOrder(OrderAnnotation.class)
class IsolationIT {

  private static final String OWNER = "isolation-owner";
  private static final String STRANGER = "isolation-stranger";
  private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");
  private static final Pattern NAME = Pattern.compile("<(\\w+)>");

  /// Bodies of operations whose fields go together in more ways than a schema tells.
  private static final Map<String, List<String>> BODIES =
      Map.of(
          "queryModels",
          List.of(
              "{'type':'metadata'}",
              "{'type':'vector','near':{'vector':[1%s]}}".formatted(",0".repeat(1535)),
              "{'type':'vector','near':{'vector':[1%s]},'where':{'modelIds':['<modelId>']}}"
                  .formatted(",0".repeat(1535)),
              "{'type':'vector','near':{'vector':[1%s]},'where':{'sourceIds':['<sourceIds>']}}"
                  .formatted(",0".repeat(1535)),
              "{'type':'vector','near':{'componentId':'<componentId>'}}",
              "{'type':'vector','near':{'embeddingId':'<embeddingId>'}}",
              "{'type':'vector','near':{'capability':'<capability>','modelId':'<modelId>'}}",
              "{'type':'text','text':'a b','modelId':'<modelId>'}",
              "{'type':'text','text':'a b','modelId':'<modelId>','mode':'respond'}"),
          "createCircuit",
          List.of(
              "{'relationships':[{'sourceId':'<feature>','targetId':'<to>','strength':2}]}",
              "{'features':[{'id':'own'}],"
                  + "'relationships':[{'sourceId':'own','targetId':'<feature>','strength':2}]}",
              "{'features':[{'id':'own'}],'modelId':'<modelId>'}"));

  private static final TestServer SERVER = TestServer.shared();

  private static Belongings owned;
  private static Belongings strangers;
  private static SchemaSamples samples;

  @BeforeAll
  static void makeOneOfEverything(@TempDir Path folder) throws Exception {
    String mark = UUID.randomUUID().toString().substring(0, 8);
    owned = new Belongings(SERVER, OWNER, "amber-" + mark, folder.resolve("owned"));
    strangers = new Belongings(SERVER, STRANGER, "slate-" + mark, folder.resolve("strangers"));
    samples = new SchemaSamples(Operations.document(SERVER));
  }

  @Order(1)
  @TestFactory
  Stream<DynamicTest> answersStrangersAsIfNothingWereThere() throws Exception {
    return Operations.of(SERVER).stream()
        .map(
            it ->
                DynamicTest.dynamicTest(
                    it.toString(), () -> checkStranger(it, SERVER.token(STRANGER))));
  }

  /// Administrators keep users and limits; what belongs to others they do not see either.
  @Order(2)
  @TestFactory
  Stream<DynamicTest> answersAdministratorsAsIfNothingWereThere() throws Exception {
    return Operations.of(SERVER).stream()
        .filter(it -> !isAdministration(it))
        .map(
            it ->
                DynamicTest.dynamicTest(
                    it.toString(), () -> checkStranger(it, SERVER.adminToken(STRANGER))));
  }

  /// The other way round: the ids are good, and what strangers did has changed nothing.
  @Order(3)
  @TestFactory
  Stream<DynamicTest> answersTheOwnerAfterAll() throws Exception {
    return Operations.of(SERVER).stream()
        .filter(
            it ->
                it.method().equals("GET")
                    && it.parameters("query").stream()
                        .noneMatch(
                            parameter ->
                                parameter.path("required").asBoolean()
                                    && owned.ofField(parameter.path("name").asString()) == null))
        .map(it -> DynamicTest.dynamicTest(it.toString(), () -> checkOwner(it)));
  }

  private static void checkOwner(Operation operation) throws Exception {
    Names names = new Names(owned::ofPath, owned::ofField);

    String token = isAdministration(operation) ? SERVER.adminToken(OWNER) : SERVER.token(OWNER);
    Answer answer = send(token, operation, path(operation, names), body(operation, names, 0));

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  private static boolean isAdministration(Operation operation) {
    return operation.path().startsWith("/v1/admin/");
  }

  private static void checkStranger(Operation operation, String token) throws Exception {
    compare(operation, token, new Names(owned::ofPath, owned::ofField), Names.random(owned));
    // Half right: what is on top is the stranger's own.
    String first = PARAMETER.matcher(operation.path()).results().count() > 1 ? top(operation) : "";
    if (!first.isEmpty()) {
      compare(
          operation,
          token,
          new Names(it -> (it.equals(first) ? strangers : owned).ofPath(it), owned::ofField),
          Names.random(owned).withTop(first, strangers.ofPath(first)));
    }
    // And the path is theirs, but the body names what is not.
    compare(
        operation,
        token,
        new Names(strangers::ofPath, owned::ofField),
        Names.random(owned).withPath(strangers::ofPath));
  }

  private static String top(Operation operation) {
    return operation.path().substring(0, operation.path().indexOf('}') + 1);
  }

  private static void compare(Operation operation, String token, Names theirs, Names nobodys)
      throws Exception {
    if (operation.method().equals("DELETE") && isOwn(operation, theirs)) {
      return; // the stranger may delete what is their own, but needs it
    }
    for (int i = 0; i < bodies(operation, theirs).size(); i++) {
      String sent = body(operation, theirs, i);
      Answer answer = send(token, operation, path(operation, theirs), sent);
      Answer unknown =
          send(token, operation, path(operation, nobodys), body(operation, nobodys, i));

      assertThat(answer.status()).as("%s%n%s", sent, answer.body()).isEqualTo(unknown.status());
      if (answer.status() >= 300) {
        assertThat(theirs.plain(answer)).as(sent).isEqualTo(nobodys.plain(unknown));
      }
      // What the stranger wrote may come back in a refusal, and nowhere else.
      String told = answer.status() < 300 ? answer.body() : theirs.plain(answer);
      assertThat(owned.secrets()).as(sent).filteredOn(told::contains).isEmpty();
    }
  }

  private static boolean isOwn(Operation operation, Names names) {
    return PARAMETER.matcher(operation.path()).results().count() == 0
        || path(operation, names)
            .equals(path(operation, new Names(strangers::ofPath, strangers::ofField)));
  }

  private static String path(Operation operation, Names names) {
    Matcher parameters = PARAMETER.matcher(operation.path());
    String path =
        parameters.replaceAll(it -> names.ofPath(operation.path().substring(0, it.end())));
    var query = new ArrayList<String>();
    for (JsonNode parameter : operation.parameters("query")) {
      String name = parameter.path("name").asString();
      String value = names.ofField(name);
      if (value != null) {
        query.add(name + "=" + value);
      } else if (parameter.path("required").asBoolean()) {
        query.add(name + "=x");
      }
    }
    return query.isEmpty() ? path : path + "?" + String.join("&", query);
  }

  private static String body(Operation operation, Names names, int number) {
    return bodies(operation, names).get(number);
  }

  /// {@return the bodies to try an operation with; an empty one where it takes no JSON}
  private static List<String> bodies(Operation operation, Names names) {
    JsonNode schema = operation.said().at("/requestBody/content/application~1json/schema");
    if (schema.isMissingNode()) {
      return List.of("");
    }
    var bodies = new ArrayList<String>();
    for (Object sample : samples.each(schema, names::ofField)) {
      bodies.add(JsonMapper.shared().writeValueAsString(sample));
    }
    for (String body : BODIES.getOrDefault(operation.id(), List.of())) {
      Matcher fields = NAME.matcher(body.replace('\'', '"'));
      bodies.add(fields.replaceAll(it -> String.valueOf(names.ofField(it.group(1)))));
    }
    return bodies;
  }

  private static Answer send(String token, Operation operation, String path, String body)
      throws Exception {
    JsonNode content = operation.said().at("/requestBody/content");
    String type = "application/json";
    if (content.isObject() && !content.has(type)) {
      type = content.propertyNames().iterator().next();
    }
    return SERVER.send(
        SERVER
            .request(path)
            .method(operation.method(), BodyPublishers.ofString(body))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", type)
            .header("Prefer", "respond-async"));
  }

  /// Where the names of things in a request come from, and which were used.
  private static final class Names {

    private final Function<String, String> paths;
    private final Function<String, @Nullable String> fields;
    private final Set<String> used = new LinkedHashSet<>();

    Names(Function<String, String> paths, Function<String, @Nullable String> fields) {
      this.paths = paths;
      this.fields = fields;
    }

    /// {@return names that nobody has, where somebody has one}
    static Names random(Belongings somebody) {
      Map<String, String> made = new LinkedHashMap<>();
      return new Names(
          it -> made.computeIfAbsent(somebody.ofPath(it), Names::like),
          it -> {
            String theirs = somebody.ofField(it);
            return theirs == null ? null : made.computeIfAbsent(theirs, Names::like);
          });
    }

    private static String like(String value) {
      if (Belongings.COMMON.contains(value)) {
        return value;
      }
      String other = UUID.randomUUID().toString();
      return value.endsWith("-alias") ? "of-" + other : other; // names of agents are no ids
    }

    Names withTop(String path, String value) {
      return new Names(it -> it.equals(path) ? value : paths.apply(it), fields);
    }

    Names withPath(Function<String, String> others) {
      return new Names(others, fields);
    }

    String ofPath(String path) {
      String value = paths.apply(path);
      used.add(value);
      return value;
    }

    @Nullable String ofField(String name) {
      String value = fields.apply(name);
      if (value != null) {
        used.add(value);
      }
      return value;
    }

    /// {@return the body without what differs between two requests}
    String plain(Answer answer) {
      String body = answer.body().replaceAll("\"requestId\":\"[^\"]*\"", "");
      for (String name : used) {
        if (!Belongings.COMMON.contains(name)) {
          body = body.replace(name, "NAME");
        }
      }
      return body;
    }
  }
}
