package ai.hartonomous.platform.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.agent.AgentFixture;
import ai.hartonomous.platform.inference.WriterAgent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Timeout(120)
class AliasIT {

  private static final String TEXT = "/openai/v1/completions";
  private static final String CHAT = "/openai/v1/chat/completions";
  private static final String VERSION = "Hartonomous-Agent-Version";
  private static final TestServer SERVER = TestServer.shared();

  private final String user = "u" + UUID.randomUUID();

  private static Answer set(String user, String name, UUID agent) throws Exception {
    return SERVER.send(
        user,
        "PUT",
        "/v1/aliases/" + name,
        BodyPublishers.ofString("{\"agentId\": \"%s\"}".formatted(agent)),
        "application/json");
  }

  private static Answer rollBack(String user, String name, String body) throws Exception {
    return SERVER.post(user, "/v1/aliases/" + name + "/rollback", body);
  }

  private UUID small() {
    return AgentFixture.store(SERVER, user, "small", null);
  }

  private UUID other() {
    return AgentFixture.storeZWords(SERVER, user, "other", null);
  }

  private String version(String model) throws Exception {
    String body = "{\"model\":\"%s\",\"prompt\":[1],\"max_tokens\":1}".formatted(model);
    Answer answer = SERVER.post(user, TEXT, body);
    return answer.status() == 200 ? answer.header(VERSION) : "" + answer.status();
  }

  private JsonNode health(UUID agent) throws Exception {
    for (JsonNode each : SERVER.get(user, "/v1/deployments").json().get("items")) {
      if (each.get("agentId").asString().equals(agent.toString())) {
        return SERVER.get(user, "/v1/deployments/" + each.get("id").asString() + "/health").json();
      }
    }
    throw new AssertionError("not deployed: " + agent);
  }

  @Test
  void aNameStandsForAnAgentAndIsGivenBack() throws Exception {
    UUID first = small();
    UUID second = other();

    assertThat(set(user, "champion", first).json().get("number").asInt()).isEqualTo(1);
    assertThat(version("champion")).isEqualTo(first.toString());
    Answer moved = set(user, "champion", second);
    assertThat(moved.status()).as(moved.body()).isEqualTo(200);
    assertThat(moved.json().get("agent").asString()).isEqualTo("other");
    assertThat(version("champion")).isEqualTo(second.toString());
    assertThat(set(user, "champion", second).json().get("number").asInt()).isEqualTo(2);

    assertThat(rollBack(user, "champion", "").json().get("agentId").asString())
        .isEqualTo(first.toString());
    assertThat(version("champion")).isEqualTo(first.toString());
    assertThat(rollBack(user, "champion", "{\"to\": 2}").json().get("agentId").asString())
        .isEqualTo(second.toString());

    JsonNode history = SERVER.get(user, "/v1/aliases/champion/history").json().get("items");
    assertThat(history.valueStream().map(it -> it.get("number").asInt()))
        .containsExactly(4, 3, 2, 1);
    assertThat(history.valueStream().map(it -> it.get("agent").asString()))
        .containsExactly("other", "small", "other", "small");
    assertThat(SERVER.get(user, "/v1/audit").body())
        .contains("alias.set")
        .contains("alias.rollback")
        .contains("champion: %s -> %s".formatted(first, second));
  }

  @Test
  void clientsFindTheNameAmongTheModels() throws Exception {
    set(user, "champion", small());

    JsonNode models = SERVER.get(user, "/openai/v1/models").json().get("data");

    assertThat(models.valueStream().map(it -> it.get("id").asString()))
        .containsExactly("champion", "small");
    assertThat(SERVER.get(user, "/openai/v1/models/champion").json().get("id").asString())
        .isEqualTo("champion");
    assertThat(SERVER.get(user, "/v1/aliases").json().at("/items/0/name").asString())
        .isEqualTo("champion");
  }

  @Test
  void aNameThatWasTakenAwayStandsForNobody() throws Exception {
    UUID agent = small();
    set(user, "champion", agent);

    assertThat(SERVER.delete(user, "/v1/aliases/champion").status()).isEqualTo(204);

    assertThat(version("champion")).isEqualTo("404");
    assertThat(version("small")).isEqualTo(agent.toString());
    assertThat(SERVER.get(user, "/v1/aliases/champion").status()).isEqualTo(404);
    assertThat(SERVER.get(user, "/v1/aliases").json().get("items")).isEmpty();
    assertThat(rollBack(user, "champion", "").status()).isEqualTo(404);
    assertThat(set(user, "champion", agent).json().get("number").asInt()).isEqualTo(3);
    assertThat(rollBack(user, "champion", "").status()).isEqualTo(409);
    assertThat(rollBack(user, "champion", "{\"to\": 2}").status()).isEqualTo(400);
  }

  @Test
  void whatANameStandsForCannotBeUndeployed() throws Exception {
    set(user, "champion", small());
    String id = SERVER.get(user, "/v1/deployments").json().at("/items/0/id").asString();

    Answer refused = SERVER.delete(user, "/v1/deployments/" + id);

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.body()).contains("champion");
    SERVER.delete(user, "/v1/aliases/champion");
    assertThat(SERVER.delete(user, "/v1/deployments/" + id).status()).isEqualTo(204);
  }

  @Test
  void namesAreTheirOwnersAlone() throws Exception {
    UUID agent = small();
    set(user, "champion", agent);
    String stranger = "u" + UUID.randomUUID();

    assertThat(set(stranger, "mine", agent).status()).isEqualTo(404);
    assertThat(SERVER.get(stranger, "/v1/aliases/champion").status()).isEqualTo(404);
    assertThat(SERVER.get(stranger, "/v1/aliases/champion/history").status()).isEqualTo(404);
    assertThat(SERVER.get(stranger, "/v1/aliases").json().get("items")).isEmpty();
    assertThat(SERVER.delete(stranger, "/v1/aliases/champion").status()).isEqualTo(404);
    assertThat(rollBack(stranger, "champion", "").status()).isEqualTo(404);
    assertThat(SERVER.get(stranger, "/openai/v1/models/champion").status()).isEqualTo(404);
    UUID own = AgentFixture.store(SERVER, stranger, "own", null);
    assertThat(set(stranger, "champion", own).json().get("number").asInt()).isEqualTo(1);
    assertThat(version("champion")).isEqualTo(agent.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-a", "a%20b", "a%2Fb", "01a20841-3337-7c74-82ea-13d53cacffab", "%C3%A9", "."})
  void refusesNamesThatAreNone(String name) throws Exception {
    assertThat(set(user, name, UUID.randomUUID()).status()).isIn(400, 404);
    assertThat(SERVER.get(user, "/v1/aliases").json().get("items")).isEmpty();
  }

  @Test
  void changesAtOnceAreCountedOnceEach() throws Exception {
    UUID first = small();
    UUID second = other();
    set(user, "champion", first);
    int done = 0;
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> changes = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        UUID agent = i % 2 == 0 ? second : first;
        changes.add(executor.submit(() -> set(user, "champion", agent)));
      }
      for (Future<Answer> change : changes) {
        assertThat(change.get().status()).as(change.get().body()).isIn(200, 409);
        done += change.get().status() == 200 ? 1 : 0;
      }
    }

    JsonNode history = SERVER.get(user, "/v1/aliases/champion/history").json().get("items");

    assertThat(done).isPositive();
    assertThat(history.size()).isBetween(2, 9);
    for (int i = 0; i < history.size(); i++) {
      assertThat(history.get(i).get("number").asInt()).isEqualTo(history.size() - i);
    }
    assertThat(version("champion")).isEqualTo(history.get(0).get("agentId").asString());
  }

  @Test
  void aStreamEndsWhereItBeganWhileTheNameMovesOn() throws Exception {
    UUID first =
        AgentFixture.storeContent(
            SERVER, user, "first", folder -> WriterAgent.write(folder, WriterAgent.WITH_TOOLS));
    UUID second = other();
    set(user, "champion", first);
    try (var stream = new SlowStream()) {
      assertThat(stream.head).contains(VERSION + ": " + first);

      assertThat(set(user, "champion", second).status()).isEqualTo(200);

      assertThat(version("champion")).isEqualTo(second.toString());
      assertThat(health(first).get("status").asString()).isEqualTo("ready");
      assertThat(health(first).get("requests").asInt()).isEqualTo(1);
      String rest = stream.rest();
      assertThat(rest.split("\"finish_reason\":\"(length|stop)\"", -1)).hasSize(SlowStream.N + 1);
      assertThat(rest).endsWith("data: [DONE]");
    }
    while (!health(first).get("status").asString().equals("idle")) {
      Thread.sleep(10);
    }
    assertThat(health(first).get("requests").asInt()).isZero();
    assertThat(health(second).get("status").asString()).isEqualTo("ready");
  }

  /// A client that does not read: more is to be said than the sockets' buffers hold.
  private final class SlowStream implements AutoCloseable {

    static final int N = 16;

    private final Socket socket = new Socket();
    private final String head;
    private final BufferedReader in;

    SlowStream() throws IOException {
      URI address = SERVER.request(CHAT).build().uri();
      String body =
          "{\"model\":\"champion\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"
              + "\"stream\":true,\"seed\":1,\"temperature\":2,\"max_tokens\":900,\"logprobs\":true,"
              + "\"top_logprobs\":20,\"n\":%d}".formatted(N);
      String request =
          "POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
                  .formatted(CHAT, SERVER.token(user))
              + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                  .formatted(body.length(), body);
      socket.setReceiveBufferSize(4096);
      socket.connect(new InetSocketAddress("localhost", address.getPort()));
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 1024);
      var text = new StringBuilder();
      for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
        text.append(line).append('\n');
      }
      head = text.toString();
    }

    /// {@return the rest of the stream, to its end or to where it broke off}
    String rest() throws IOException {
      socket.setReceiveBufferSize(1 << 20);
      var text = new StringBuilder();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith("data: ")) {
          text.append(line).append('\n');
        }
        if (line.equals("data: [DONE]")) {
          break;
        }
      }
      return text.toString().strip();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
