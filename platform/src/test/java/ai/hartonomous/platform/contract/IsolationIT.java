package ai.hartonomous.platform.contract;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.contract.Operations.Operation;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Calls every operation of the OpenAPI document as one user with what belongs to another. The
/// answer must be the one to ids that nobody has.
class IsolationIT {

  private static final String OWNER = "isolation-owner";
  private static final String STRANGER = "isolation-stranger";
  private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");
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

  @TestFactory
  Stream<DynamicTest> answersStrangersAsIfNothingWereThere() throws Exception {
    return Operations.of(SERVER).stream()
        .map(it -> DynamicTest.dynamicTest(it.toString(), () -> checkStranger(it)));
  }

  /// The other way round: the ids are good, and what strangers did has changed nothing.
  @TestFactory
  Stream<DynamicTest> answersTheOwnerAfterAll() throws Exception {
    return Operations.of(SERVER).stream()
        .filter(
            it ->
                it.method().equals("GET")
                    && it.parameters("query").stream()
                        .noneMatch(parameter -> parameter.path("required").asBoolean()))
        .map(it -> DynamicTest.dynamicTest(it.toString(), () -> checkOwner(it)));
  }

  private static void checkOwner(Operation operation) throws Exception {
    Names names = new Names(owned::ofPath, owned::ofField);

    Answer answer = send(OWNER, operation, path(operation, names), names);

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  private static void checkStranger(Operation operation) throws Exception {
    compare(operation, new Names(owned::ofPath, owned::ofField), Names.random(owned));
    // Half right: what is on top is the stranger's own.
    String first = PARAMETER.matcher(operation.path()).results().count() > 1 ? top(operation) : "";
    if (!first.isEmpty()) {
      compare(
          operation,
          new Names(it -> (it.equals(first) ? strangers : owned).ofPath(it), owned::ofField),
          Names.random(owned).withTop(first, strangers.ofPath(first)));
    }
    // And the path is theirs, but the body names what is not.
    compare(
        operation,
        new Names(strangers::ofPath, owned::ofField),
        Names.random(owned).withPath(strangers::ofPath));
  }

  private static String top(Operation operation) {
    return operation.path().substring(0, operation.path().indexOf('}') + 1);
  }

  private static void compare(Operation operation, Names theirs, Names nobodys) throws Exception {
    if (operation.method().equals("DELETE") && isOwn(operation, theirs)) {
      return; // the stranger may delete what is their own, but needs it
    }
    Answer answer = send(STRANGER, operation, path(operation, theirs), theirs);
    Answer unknown = send(STRANGER, operation, path(operation, nobodys), nobodys);

    assertThat(answer.status()).as(answer.body()).isEqualTo(unknown.status());
    if (answer.status() >= 300) {
      assertThat(theirs.plain(answer)).isEqualTo(nobodys.plain(unknown));
    }
    // What the stranger wrote may come back in a refusal, and nowhere else.
    String told = answer.status() < 300 ? answer.body() : theirs.plain(answer);
    assertThat(owned.secrets()).filteredOn(told::contains).isEmpty();
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

  private static Answer send(String user, Operation operation, String path, Names names)
      throws Exception {
    JsonNode content = operation.said().at("/requestBody/content");
    JsonNode schema = content.path("application/json").path("schema");
    BodyPublisher body = BodyPublishers.noBody();
    String type = "application/json";
    if (!schema.isMissingNode()) {
      Object sample = samples.valid(schema, names::ofField);
      body = BodyPublishers.ofString(JsonMapper.shared().writeValueAsString(sample));
    } else if (content.isObject()) {
      type = content.propertyNames().iterator().next();
      body = BodyPublishers.ofString("");
    }
    return SERVER.send(
        SERVER
            .request(path)
            .method(operation.method(), body)
            .header("Authorization", "Bearer " + SERVER.token(user))
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
      return value.equals("transcoders") ? value : UUID.randomUUID().toString();
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
        if (!name.equals("transcoders")) {
          body = body.replace(name, "NAME");
        }
      }
      return body;
    }
  }
}
