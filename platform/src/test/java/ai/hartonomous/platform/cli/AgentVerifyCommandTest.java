package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the command says; what it checks is tested with agents that were made for it.
class AgentVerifyCommandTest extends CommandFixture {
  @TempDir private Path folder;

  @Test
  void aFolderWithoutManifestIsAFailure() {
    int exitCode = run("agent", "verify", folder.toString());

    assertThat(exitCode).isEqualTo(1);
    assertThat(err).contains("manifest.json").contains("no such file");
  }

  @Test
  void aManifestThatWasChangedIsSaidToDiffer() throws IOException {
    Files.writeString(folder.resolve("manifest.json"), "{\"format\": 2}");
    Files.writeString(folder.resolve("manifest.sha256"), "0".repeat(64) + "  manifest.json\n");

    int exitCode = run("agent", "verify", folder.toString());

    assertThat(exitCode).isEqualTo(1);
    assertThat(out).contains("1 differs").contains("manifest.sha256: stored 0000");
    assertThat(out).endsWith("The folder does not hold.\n");
  }

  @Test
  void jsonNamesPlaceAndBothSides() throws IOException {
    Files.writeString(folder.resolve("manifest.json"), "{\"format\": 2}");

    int exitCode = run("agent", "verify", folder.toString(), "--json");

    JsonNode root = new JsonMapper().readTree(out);
    assertThat(exitCode).isEqualTo(1);
    assertThat(root.path("verified").asBoolean(true)).isFalse();
    JsonNode difference = root.at("/checks/0/differences/0");
    assertThat(difference.path("place").asString()).isEqualTo("manifest.sha256");
    assertThat(difference.path("stored").asString()).startsWith("no such file");
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"--sample, -1", "--tolerance, -0.1", "--threads, 0", "--tolerance, NaN"})
  void numbersOutOfRangeAreAnErrorOfUse(String option, String value) {
    assertThat(run("agent", "verify", folder.toString(), option, value)).isEqualTo(2);
  }
}
