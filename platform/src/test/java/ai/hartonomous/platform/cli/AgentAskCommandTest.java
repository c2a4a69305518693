package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.platform.agent.AgentFixture;
import ai.hartonomous.platform.inference.WriterAgent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AgentAskCommandTest extends CommandFixture {
  @TempDir private static Path folder;

  @BeforeAll
  static void write() throws IOException {
    AgentFixture.writeComposite(folder, null);
  }

  private int ask(String prompt, String... more) {
    var arguments = new ArrayList<>(List.of("agent", "ask"));
    arguments.addAll(List.of(folder.toString(), "--prompt", prompt, "--max-tokens", "3"));
    arguments.addAll(List.of(more));
    return run(arguments);
  }

  @Test
  void saysWhoAnsweredAndWhy() {
    assertThat(ask("Zp Zq", "--json", "--explain")).as(err).isZero();

    JsonNode json = new JsonMapper().readTree(out);
    assertThat(json.get("text").asString()).isNotBlank();
    assertThat(json.get("expert").asString()).isEqualTo("2-zwords");
    assertThat(json.get("known").asBoolean()).isTrue();
    assertThat(json.at("/why/likeliest").asString()).isEqualTo("2-zwords");
    assertThat(json.at("/why/reasons/0/feature").asString()).isEqualTo("w:zp");
    assertThat(json.at("/why/reasons/0/weight").asDouble())
        .isEqualTo(json.at("/why/log_odds").asDouble());
  }

  @Test
  void saysThatTheFallbackAnswered() {
    assertThat(ask("f g")).as(err).isZero();

    assertThat(out).contains("1-words, confidence 0.500, the fallback");
  }

  @Test
  void anAgentOfOneModelAnswersWithoutARouter() {
    int exitCode =
        run("agent", "ask", folder.resolve("experts/2-zwords").toString(), "--prompt", "Za Zb");

    assertThat(exitCode).as(err).isZero();
    assertThat(out).doesNotContain("confidence");
  }

  @Test
  void expertsThatAreMixedAnswerTogether(@TempDir Path mixed) throws IOException {
    WriterAgent.writeMixed(mixed, "");
    String[] arguments = {"agent", "ask", mixed.toString(), "--prompt", "left", "--json"};

    assertThat(run(arguments)).as(err).isZero();

    JsonNode json = new JsonMapper().readTree(out);
    assertThat(json.has("expert")).isFalse();
    double left = json.at("/weights/1-left").asDouble();
    assertThat(left).isBetween(0.6, 0.999);
    assertThat(json.at("/weights/2-right").asDouble()).isCloseTo(1 - left, within(1e-12));
  }

  @Test
  void aPromptThatTheExpertCannotReadIsAnErrorOfUse() {
    assertThat(ask("a unheard")).isEqualTo(2);

    assertThat(err).contains("--prompt: 'unheard' is not among the 17 words");
  }
}
