package ai.hartonomous.platform.runtime;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.distill.pack.PackageException;
import ai.hartonomous.platform.deployment.SealedFolder;
import ai.hartonomous.platform.inference.WriterAgent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AgentExportTest {

  private static final String HASH = "0123456789abcdef".repeat(4);

  @TempDir private Path temporary;
  private Path folder;

  @BeforeEach
  void pack() throws IOException {
    folder = Files.createDirectory(temporary.resolve("writer"));
    WriterAgent.write(folder, WriterAgent.WITH_TOOLS);
    Sealed.seal(folder);
  }

  private static String golden(String name) throws IOException {
    try (InputStream file = AgentExportTest.class.getResourceAsStream(name)) {
      return new String(requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<JsonNode> parsed(String yaml) {
    List<JsonNode> documents = new ArrayList<>();
    for (Object document : new Yaml().loadAll(yaml)) {
      documents.add(JsonMapper.shared().valueToTree(document));
    }
    return documents;
  }

  @Test
  void kubernetesIsWhatWasReviewed() throws IOException {
    assertThat(ContainerText.kubernetes("agent-sql", "registry.example/sql:1", HASH, 10 << 20))
        .isEqualTo(golden("agent-sql.yaml"));
  }

  @Test
  void theDockerfileIsWhatWasReviewed() throws IOException {
    assertThat(ContainerText.dockerfile("sql", HASH)).isEqualTo(golden("sql.Dockerfile"));
  }

  @Test
  void kubernetesGetsAnUnprivilegedPodWithProbesAndMemory() throws IOException {
    String yaml = AgentExport.of(folder, "Writer_1").kubernetes("registry.example/w:2");

    JsonNode deployment = parsed(yaml).getFirst();
    JsonNode pod = deployment.at("/spec/template/spec");
    JsonNode container = pod.at("/containers/0");
    assertThat(deployment.at("/metadata/name").asString()).isEqualTo("agent-writer-1");
    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(container.at("/securityContext/capabilities/drop/0").asString()).isEqualTo("ALL");
    for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
      assertThat(container.at("/" + probe + "/httpGet/path").asString()).startsWith("/health/");
    }
    assertThat(container.at("/resources/limits/memory"))
        .isEqualTo(container.at("/resources/requests/memory"));
    assertThat(container.get("image").asString()).isEqualTo("registry.example/w:2");
    JsonNode service = parsed(yaml).getLast();
    assertThat(service.at("/spec/selector")).isEqualTo(deployment.at("/spec/selector/matchLabels"));
  }

  @Test
  void aContainerHasTheAgentByteForByte() throws IOException {
    Path jar = Files.writeString(temporary.resolve("runtime.jar"), "a jar");
    Path out = temporary.resolve("image");

    AgentExport.of(folder, "writer").container(jar, out);

    assertThat(SealedFolder.check(out.resolve("agent"))).isEqualTo(SealedFolder.check(folder));
    assertThat(out.resolve("hartonomous-runtime.jar")).hasContent("a jar");
    assertThat(out.resolve("Dockerfile"))
        .content()
        .contains(SealedFolder.check(folder))
        .contains("\nUSER 10001:10001\n");
    assertThatThrownBy(() -> AgentExport.of(folder, "writer").container(jar, out))
        .hasMessageContaining("is not empty");
  }

  @Test
  void nothingIsWrittenOfAChangedAgent() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{}");

    assertThatThrownBy(() -> AgentExport.of(folder, "writer")).isInstanceOf(PackageException.class);
  }

  @Test
  void aNameThatWouldBreakTheFilesIsRefused() {
    for (String name : List.of("", "a b", "a\nUSER 0", "a\"", "$(x)", "-a")) {
      assertThatThrownBy(() -> AgentExport.of(folder, name))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
