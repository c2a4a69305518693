package ai.hartonomous.platform.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.platform.Tars;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.agent.AgentFixture;
import ai.hartonomous.platform.agent.AgentFixture.Content;
import ai.hartonomous.platform.job.Jobs;
import ai.hartonomous.platform.store.Folders;
import ai.hartonomous.platform.tenant.Tenant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/// A user's model, agents made from it, and transcoders of it, as if an analysis had made them.
final class TranscoderFixture {

  private final TestServer server;
  private final String user;
  private final Model model;
  private final UUID modelId;

  /// Uploads the model.
  ///
  /// @param folder an empty one
  TranscoderFixture(TestServer server, String user, Model model, Path folder) throws Exception {
    this.server = server;
    this.user = user;
    this.model = model;
    writeModel(folder.resolve("m"));
    Answer uploaded =
        server.send(
            user,
            "POST",
            "/v1/models?name=m",
            BodyPublishers.ofByteArray(Tars.of(folder.resolve("m"))),
            "application/x-tar");
    assertThat(uploaded.status()).as(uploaded.body()).isEqualTo(201);
    modelId = UUID.fromString(uploaded.json().get("id").asString());
  }

  UUID modelId() {
    return modelId;
  }

  void writeModel(Path folder) throws IOException {
    HuggingFaceWriter.write(model, folder, Dtype.F32, null);
    Files.writeString(
        folder.resolve("vocab.json"),
        JsonMapper.shared().writeValueAsString(Map.of("tokens", AgentFixture.WORDS.split(" "))));
  }

  /// {@return the id of an agent with this folder, which is deployed}
  ///
  /// @param deployment body of the request
  UUID deploy(String name, List<UUID> sources, Content content, String deployment)
      throws Exception {
    String request = JsonMapper.shared().writeValueAsString(Map.of("sourceModelIds", sources));
    UUID agent = AgentFixture.storeContent(server, user, name, content, request);
    Answer deployed = server.post(user, "/v1/agents/" + agent + "/deployments", deployment);
    assertThat(deployed.status()).as(deployed.body()).isEqualTo(201);
    return agent;
  }

  /// {@return the id of transcoders of the model}
  UUID store(Content content) {
    AnalysisRow row = new AnalysisRow();
    Tenant.as(
        user,
        () -> {
          try {
            Folders folders = server.bean(Folders.class);
            Path work = folders.create().resolve("coders");
            content.write(work);
            row.modelId = modelId;
            row.kind = AnalysisKind.TRANSCODERS;
            row.jobId =
                server
                    .bean(Jobs.class)
                    .submit("patient", Map.of("steps", 0, "end", "succeed"))
                    .id();
            row.request = "{}";
            row.report = "{}";
            row.sizeBytes = 1;
            folders.keep(
                row.getId(),
                work,
                binaries -> {
                  row.binaries = JsonMapper.shared().writeValueAsString(binaries);
                  server.bean(AnalysisRows.class).save(row);
                });
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    return row.getId();
  }
}
