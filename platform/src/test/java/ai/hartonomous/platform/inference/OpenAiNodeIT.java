package ai.hartonomous.platform.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.hartonomous.platform.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// OpenAI's own JavaScript client, unchanged, against a running server. Where node, npm or the
/// registry is absent the test is skipped and says so.
class OpenAiNodeIT {

  private static final Path SOURCE = Path.of("src/test/clients/openai-node");
  private static final Path FOLDER = Path.of("target/openai-node").toAbsolutePath();
  private static final long LIMIT_SECONDS = 120;

  private record Ended(boolean well, String output) {}

  private static Ended run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Path log = FOLDER.resolve("output.txt");
    var builder = new ProcessBuilder(command);
    builder.directory(FOLDER.toFile()).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return new Ended(false, "cannot start " + e.getMessage());
    }
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    return new Ended(process.exitValue() == 0, Files.readString(log));
  }

  private static void install() throws IOException, InterruptedException {
    Files.createDirectories(FOLDER);
    for (String file : List.of("package.json", "package-lock.json", "check.mjs")) {
      Path to = FOLDER.resolve(file);
      Files.copy(SOURCE.resolve(file), to, StandardCopyOption.REPLACE_EXISTING);
    }
    Ended node = run(Map.of(), "node", "--version");
    assumeTrue(node.well(), "skipped, no node: " + node.output());
    Path installed = FOLDER.resolve("node_modules/openai/package.json");
    if (!Files.exists(installed)) {
      Ended npm = run(Map.of(), "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
      assumeTrue(npm.well(), "skipped, the client could not be installed: " + npm.output());
    }
  }

  @Test
  void theNodeClientFindsWhatItExpects() throws Exception {
    install();
    TestServer server = TestServer.shared();
    WriterAgent.deploy(server, "nora", "node-writer", WriterAgent.WITH_TOOLS);
    String base = server.request("/openai/v1").build().uri().toString();

    Ended ended =
        run(
            Map.of("BASE_URL", base, "API_KEY", server.token("nora"), "MODEL", "node-writer"),
            "node",
            "check.mjs");

    assertThat(ended.output()).doesNotContain("FAILED").contains("ok errors");
    assertThat(ended.well()).as(ended.output()).isTrue();
  }
}
