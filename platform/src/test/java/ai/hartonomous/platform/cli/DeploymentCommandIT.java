package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.agent.AgentFixture;
import ai.hartonomous.platform.inference.WriterAgent;
import ai.hartonomous.platform.runtime.Sealed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeploymentCommandIT extends CommandFixture {

  private final TestServer server = TestServer.shared();
  private final String user = "u" + UUID.randomUUID();

  @TempDir private Path temporary;

  private int runAtServer(String... arguments) {
    var all = new ArrayList<>(List.of("deployment"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--data", server.data().toString(), "--as", user));
    all.addAll(List.of("--url", server.request("/").build().uri().toString()));
    return run(all);
  }

  @Test
  void namesMoveAndComeBack() {
    UUID first = AgentFixture.store(server, user, "first", null);
    UUID second = AgentFixture.storeZWords(server, user, "second", null);

    assertThat(runAtServer("alias", "champion", first.toString())).as(err).isZero();
    assertThat(runAtServer("alias", "champion", second.toString())).isZero();
    assertThat(out).contains("champion").contains(second.toString()).contains("change 2");
    assertThat(runAtServer("rollback", "champion", "--json")).isZero();
    assertThat(TestServer.parse(out).get("agentId").asString()).isEqualTo(first.toString());
    assertThat(runAtServer("rollback", "champion", "--to", "2")).isZero();
    assertThat(runAtServer("alias")).isZero();
    assertThat(out).contains("second").hasLineCount(1);
    assertThat(runAtServer("alias", "champion")).isZero();
    assertThat(out).hasLineCount(4);
    assertThat(runAtServer("list")).isZero();
    assertThat(out).contains("ready").contains("first").contains("second");
  }

  @Test
  void agentsBeginAndCeaseToAnswer() {
    String agent = AgentFixture.store(server, user, "first", null).toString();

    assertThat(runAtServer("start", agent)).as(err).isZero();
    assertThat(out).contains(agent).contains("first answers, local");
    assertThat(runAtServer("start", agent, "--type", "local", "--json")).isZero();
    assertThat(TestServer.parse(out).get("type").asString()).isEqualTo("local");
    assertThat(runAtServer("list")).isZero();
    assertThat(out).contains("local  ready");
    assertThat(runAtServer("stop", agent)).isZero();
    assertThat(runAtServer("list")).isZero();
    assertThat(out).isEmpty();
    assertThat(runAtServer("stop", agent)).isEqualTo(1);
    assertThat(err).contains("is not deployed");
    assertThat(runAtServer("start", agent, "--type", "cloud")).isEqualTo(2);
    assertThat(runAtServer("start", UUID.randomUUID().toString())).isEqualTo(1);
  }

  @Test
  void whatTheServerRefusesIsSaid() {
    assertThat(runAtServer("rollback", "nobody")).isEqualTo(1);
    assertThat(err).contains("404");
    assertThat(runAtServer("alias", "champion", "no-id")).isEqualTo(2);
    assertThat(run("deployment")).isEqualTo(2);
  }

  @Test
  void exportsWriteOnceAndSayWhere() throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("writer"));
    WriterAgent.write(folder, WriterAgent.WITH_TOOLS);
    Sealed.seal(folder);
    String out = temporary.resolve("writer.yaml").toString();
    String[] command = {
      "deployment",
      "export",
      folder.toString(),
      "--as",
      "kubernetes",
      "--image",
      "r/w:1",
      "--out",
      out
    };

    assertThat(run(command)).as(err).isZero();
    assertThat(Path.of(out)).content().contains("name: agent-writer\n");
    assertThat(run(command)).isEqualTo(1);
    assertThat(err).contains("exists already");
    command[4] = "container";
    assertThat(run(command)).isEqualTo(1);
    command[4] = "kubernetes";
    command[6] = "two images";
    assertThat(run(command)).isEqualTo(2);
  }
}
