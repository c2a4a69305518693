package ai.hartonomous.platform.contract;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.contract.Operations.Operation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Sends requests that are derived from the OpenAPI document and then broken. Whatever comes, the
/// server does not fail, says nothing of its inside, and answers as the document says.
class FuzzIT {

  private static final long SEED = Long.getLong("test.seed", 5);
  private static final String USER = "fuzz";
  private static final Pattern INSIDE =
      Pattern.compile(
          "\\tat |Exception|\\.java:\\d|\\bjava\\.|jakarta\\.|org\\.(spring|hibernate|apache|h2|"
              + "postgresql)|ai\\.hartonomous|tools\\.jackson|com\\.fasterxml|SQL(STATE|Error)"
              + "|insert into|select .* from");

  private static final TestServer SERVER = TestServer.shared();
  private static Belongings owned;

  @BeforeAll
  static void makeOneOfEverything(@TempDir Path folder) throws Exception {
    String mark = "fuzz-" + UUID.randomUUID().toString().substring(0, 8);
    owned = new Belongings(SERVER, USER, mark, folder.resolve("model"));
  }

  @Test
  void survivesSomeBrokenRequests() throws Exception {
    survives(400, SEED);
  }

  @Test
  @Tag("slow")
  void survivesFiveThousandBrokenRequests() throws Exception {
    survives(5000, SEED + 1);
  }

  private static void survives(int requests, long seed) throws Exception {
    List<Operation> operations = Operations.of(SERVER);
    var broken = new BrokenRequests(SERVER, owned, new SplittableRandom(seed));
    List<String> failures = new ArrayList<>(); // all of them: one run shows what there is to do
    for (int i = 0; i < requests; i++) {
      Operation operation = operations.get(i % operations.size());
      BrokenRequests.Sent sent = broken.next(operation, SERVER.adminToken(USER));
      Answer answer = SERVER.send(sent.request());
      try {
        check("seed %d, request %d: %s".formatted(seed, i, sent), operation, sent, answer);
      } catch (AssertionError e) {
        failures.add(e.getMessage());
      }
      cancel(answer);
    }
    assertThat(failures).isEmpty();
  }

  private static void check(
      String what, Operation operation, BrokenRequests.Sent sent, Answer answer) {
    assertThat(answer.status()).as("%s%n%s", what, answer.body()).isLessThan(500);
    if (answer.status() >= 400) {
      assertThat(answer.body()).as(what).doesNotContainPattern(INSIDE);
    }
    if (sent.samePath()) { // others may never get past the connector
      assertThat(answer.header("X-Request-Id")).as(what).isNotEmpty();
      assertThat(operation.statuses())
          .as("%s%n%s", what, answer.body())
          .contains(Integer.toString(answer.status()));
    }
    if (answer.status() >= 400) {
      JsonNode said = operation.said().at("/responses/" + answer.status() + "/content");
      List<String> forms =
          said.isObject() ? List.copyOf(said.propertyNames()) : List.of("application/problem+json");
      assertThat(answer.header("Content-Type").replaceFirst(";.*", ""))
          .as("%s%n%d %s", what, answer.status(), answer.body())
          .isIn(forms);
    }
  }

  /// Work that was accepted by chance would take the processors from the rest of the tests.
  private static void cancel(Answer answer) throws Exception {
    String location = answer.header("Location");
    if (answer.status() == 202 && location.startsWith("/v1/jobs/")) {
      SERVER.delete(USER, location);
    }
  }
}
