package ai.hartonomous.platform.capability;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SuiteIT {

  private static final String ITEMS =
      """
      {"id":"1","capability":"echo","prompt":"a","answer":"a"}
      {"id":"2","capability":"shout","prompt":"b","answer":"B"}
      """;

  private final TestServer server = TestServer.shared();

  private Answer register(String user, String name, String lines) throws Exception {
    return server.send(
        user,
        "POST",
        "/v1/capabilities?name=" + name,
        BodyPublishers.ofString(lines),
        "application/jsonl");
  }

  @Test
  void registersSuite() throws Exception {
    Answer answer = register("suzy", "voices", ITEMS);

    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    assertThat(answer.json().get("items").asInt()).isEqualTo(2);
    assertThat(answer.json().at("/capabilities/1").asString()).isEqualTo("shout");
    assertThat(server.get("suzy", answer.header("Location")).json().get("name").asString())
        .isEqualTo("voices");
  }

  @Test
  void refusesNameThatIsTaken() throws Exception {
    register("suzy", "taken", ITEMS);

    assertThat(register("suzy", "taken", ITEMS).status()).isEqualTo(409);
    assertThat(register("tom", "taken", ITEMS).status()).isEqualTo(201);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n\n",
        "not json",
        "{\"id\":\"1\"}",
        "{\"id\":\"1\",\"capability\":\"c\",\"prompt\":\"p\",\"answer\":\"\"}"
      })
  void refusesWhatIsNoSuite(String lines) throws Exception {
    Answer answer = register("suzy", "bad", lines);

    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
    assertThat(answer.json().get("detail").asString())
        .isNotBlank()
        .doesNotContain(server.data().toString());
  }

  @Test
  void hidesSuitesOfOthers() throws Exception {
    String path = register("suzy", "secret", ITEMS).header("Location");

    assertThat(server.get("eve", path).status()).isEqualTo(404);
    assertThat(server.delete("eve", path).status()).isEqualTo(404);
    assertThat(server.get("eve", "/v1/capabilities").json().get("items")).isEmpty();
  }

  @Test
  void deletesSuite() throws Exception {
    String path = register("suzy", "gone", ITEMS).header("Location");

    assertThat(server.delete("suzy", path).status()).isEqualTo(204);

    assertThat(server.get("suzy", path).status()).isEqualTo(404);
    assertThat(register("suzy", "gone", ITEMS).status()).isEqualTo(201);
  }
}
