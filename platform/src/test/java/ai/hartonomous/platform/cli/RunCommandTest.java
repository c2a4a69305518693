package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.inference.WriterAgent;
import ai.hartonomous.platform.runtime.Sealed;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(120)
class RunCommandTest extends CommandFixture {

  private static final String KEY = "sixteen-letters-or-more";

  @TempDir private Path temporary;

  private Path agent() throws IOException {
    Path folder = Files.createDirectory(temporary.resolve("writer"));
    WriterAgent.write(folder, WriterAgent.WITH_TOOLS);
    Sealed.seal(folder);
    return folder;
  }

  @Test
  void wrongUseIsSaid() throws Exception {
    String folder = agent().toString();

    assertThat(run("run", folder, "--host", "0.0.0.0")).isEqualTo(2);
    assertThat(err).contains("--api-key-file");
    assertThat(run("run", folder, "--threads", "0")).isEqualTo(2);
    assertThat(run("run", folder, "--memory", "much")).isEqualTo(2);
    assertThat(run("run")).isEqualTo(2);
  }

  @Test
  void aChangedFolderIsRefusedInOneLine() throws Exception {
    Path folder = agent();
    Files.writeString(folder.resolve("config.json"), "{}");

    assertThat(run("run", folder.toString(), "--port", "0")).isEqualTo(1);

    assertThat(err).contains("config.json at its SHA-256: expected").hasLineCount(1);
  }

  @Test
  void aShortKeyIsRefused() throws Exception {
    Path key = Files.writeString(temporary.resolve("key"), "short\n");

    assertThat(run("run", agent().toString(), "--api-key-file", key.toString())).isEqualTo(1);

    assertThat(err).contains("at least 16");
  }

  /// With the libraries of the small jar and no other, so that the list in the POM stays whole.
  @Test
  void aProcessServesUntilItIsTold() throws Exception {
    Path work = Files.createDirectory(temporary.resolve("work"));
    Process process = start(work);
    try (BufferedReader out = process.inputReader()) {
      String line = out.readLine();
      assertThat(line).as(Files.readString(temporary.resolve("log"))).isNotNull();
      JsonNode told = TestServer.parse(line);
      int port = told.get("port").asInt();

      assertThat(told.get("manifest").asString()).hasSize(64);
      assertThat(ask(port, "completions", "\"prompt\":\"x\",\"max_tokens\":2"))
          .contains("\"text_completion\"");
      assertThat(
              ask(
                  port,
                  "chat/completions",
                  "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"max_tokens\":200,"
                      + "\"response_format\":{\"type\":\"json_object\"},\"stream\":true"))
          .endsWith("data: [DONE]\n\n");
      assertThat(ask(port, "embeddings", "\"input\":\"x\"")).contains("\"embedding\"");
      assertThat(ask(port, "completions", "\"prompt\":{}")).contains("invalid_request");
      process.destroy(); // SIGTERM
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(work).isEmptyDirectory();
    } finally {
      process.destroyForcibly();
    }
  }

  private Process start(Path work) throws IOException {
    Path key = Files.writeString(temporary.resolve("key"), KEY + "\n");
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules",
            "jdk.incubator.vector",
            "-cp",
            smallClassPath(),
            RunMain.class.getName(),
            agent().toString(),
            "--json",
            "--port",
            "0",
            "--api-key-file",
            key.toString())
        .directory(work.toFile())
        .redirectError(temporary.resolve("log").toFile())
        .start();
  }

  private static String ask(int port, String path, String body) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://localhost:%d/openai/v1/%s".formatted(port, path)))
            .header("Authorization", "Bearer " + KEY)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"model\":\"writer\",%s}".formatted(body)))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.ofString()).body();
    }
  }

  /// {@return the class path of the tests, as far as the POM puts it into the small jar}
  private static String smallClassPath() throws IOException {
    Path pom = Path.of(System.getProperty("repository.root"), "platform", "pom.xml");
    String text = Files.readString(pom);
    String list = text.substring(text.indexOf("<id>runtime</id>"));
    Set<String> names = new TreeSet<>(Set.of("hartonomous-platform"));
    Matcher name =
        Pattern.compile("<artifactId>(.*?)</artifactId>")
            .matcher(list.substring(0, list.indexOf("</includes>")));
    while (name.find()) {
      names.add(name.group(1));
    }
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> names.stream().anyMatch(it -> isOf(it, entry)))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /// {@return whether an entry of a class path is an artifact: its jar, or its folder of classes}
  private static boolean isOf(String artifact, String entry) {
    String module = artifact.replaceFirst("^hartonomous-", "");
    return Path.of(entry).getFileName().toString().matches(artifact + "-[0-9].*\\.jar")
        || (artifact.startsWith("hartonomous-") && entry.endsWith(module + "/target/classes"));
  }
}
