package ai.hartonomous.distill.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.distill.pack.PackageException;
import ai.hartonomous.distill.route.RouterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompositeAgentTest {
  @TempDir private Path folder;

  private void router(String first) throws IOException {
    Files.createDirectories(folder.resolve("experts/1-x"));
    Files.createDirectories(folder.resolve("experts/2-y"));
    Files.writeString(
        folder.resolve("router.json"),
        "{\"format\":1,\"experts\":[\"%s\",\"2-y\"],\"fallback\":0,\"threshold\":0.5,"
                .formatted(first)
            + "\"unknown\":3.0,\"features\":[[\"w:a\",1,2,-2]]}");
  }

  @Test
  void findsTheFolderOfEveryExpert() throws IOException {
    router("1-x");

    CompositeAgent agent = CompositeAgent.open(folder);

    assertThat(agent.experts())
        .containsExactly(folder.resolve("experts/1-x"), folder.resolve("experts/2-y"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../..", "1-x/../2-y", "/etc", "1-absent", "100-x", "1-X"})
  void refusesExpertsThatAreNotFoldersOfTheAgent(String name) throws IOException {
    router(name);

    assertThatThrownBy(() -> CompositeAgent.open(folder))
        .isInstanceOfSatisfying(
            RouterException.class, e -> assertThat(e.place()).isEqualTo("experts"));
  }

  @ParameterizedTest
  @CsvSource({
    "'{}', ROUTE",
    "'{\"combine\": {\"format\": 1, \"method\": \"route\"}}', ROUTE",
    "'{\"combine\": {\"format\": 1, \"method\": \"mix\"}}', MIX"
  })
  void theManifestSaysHowExpertsAnswer(String manifest, Combining combining) throws IOException {
    router("1-x");
    assertThat(CompositeAgent.open(folder).combining()).isEqualTo(Combining.ROUTE);

    Files.writeString(folder.resolve("manifest.json"), manifest);

    assertThat(CompositeAgent.open(folder).combining()).isEqualTo(combining);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"combine\": {\"format\": 2, \"method\": \"mix\"}}",
        "{\"combine\": {\"format\": 1, \"method\": \"auto\"}}",
        "{\"combine\": {\"method\": \"mix\"}}",
        "{\"combine\": \"mix\"}",
        "not JSON"
      })
  void refusesAWayToAnswerThatIsNotKnown(String manifest) throws IOException {
    router("1-x");
    Files.writeString(folder.resolve("manifest.json"), manifest);

    assertThatThrownBy(() -> CompositeAgent.open(folder)).isInstanceOf(PackageException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "Clerk, 3-clerk",
    "My Model (v2), 3-my-model-v2",
    "'---', 3-source",
    "'../../etc', 3-etc",
    "0123456789012345678901234567890123456789x, 3-0123456789012345678901234567890123456789"
  })
  void namesFoldersPlainly(String source, String name) {
    assertThat(CompositeAgent.name(3, source)).isEqualTo(name);
  }
}
