package ai.hartonomous.platform.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CorpusIT {

  private final TestServer server = TestServer.shared();

  private Answer register(String user, String name, byte[] text, String type) throws Exception {
    return server.send(
        user, "POST", "/v1/corpora?name=" + name, BodyPublishers.ofByteArray(text), type);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void registersListsAndDeletesText() throws Exception {
    Answer answer = register("cora", "tales", bytes("Once upon a time"), "text/plain");

    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    assertThat(answer.json().get("sizeBytes").asInt()).isEqualTo(16);
    String path = answer.header("Location");
    assertThat(server.get("cora", path).json().get("name").asString()).isEqualTo("tales");
    assertThat(server.get("cora", "/v1/corpora").json().get("items")).hasSize(1);
    assertThat(server.delete("cora", path).status()).isEqualTo(204);
    assertThat(server.get("cora", path).status()).isEqualTo(404);
  }

  @Test
  void refusesWhatIsNoText() throws Exception {
    assertThat(register("cora", "empty", new byte[0], "text/plain").status()).isEqualTo(422);
    Answer answer = register("cora", "bytes", new byte[] {'a', (byte) 0xff}, "text/plain");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().get("detail").asString()).contains("UTF-8");
    assertThat(register("cora", "..%2Fup", bytes("a"), "text/plain").status()).isEqualTo(400);
  }

  @Test
  void hidesTextsOfOthers() throws Exception {
    String path =
        register("cora", "mine", bytes("{\"text\":\"a\"}\n"), "application/jsonl")
            .header("Location");

    assertThat(server.get("eve", path).status()).isEqualTo(404);
    assertThat(server.delete("eve", path).status()).isEqualTo(404);
  }

  @Test
  void refusesNameThatIsTaken() throws Exception {
    register("cora", "twice", bytes("a"), "text/plain");

    assertThat(register("cora", "twice", bytes("b"), "text/plain").status()).isEqualTo(409);
  }
}
