package ai.hartonomous.platform.agent;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.job.Jobs;
import ai.hartonomous.platform.store.Folders;
import ai.hartonomous.platform.tenant.Tenant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Stores a tiny model as if a distillation had made it: it knows nothing, but it writes.
@SuppressWarnings("doclint:missing") // parameters of a test fixture
public final class AgentFixture {

  /// The words of the tiny model.
  public static final String WORDS = "a b c d e f g h i j k l m n o p q";

  private AgentFixture() {}

  /// {@return the id of a stored agent}
  public static UUID store(
      TestServer server, String user, String name, @Nullable String chatTemplate) {
    var id = new AtomicReference<UUID>();
    Tenant.as(
        user,
        () -> {
          try {
            id.set(store(server, name, chatTemplate));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    return id.get();
  }

  private static UUID store(TestServer server, String name, @Nullable String chatTemplate)
      throws IOException {
    var json = new JsonMapper();
    Model model = Tiny.llama(1);
    Folders folders = server.bean(Folders.class);
    Path folder = folders.create().resolve("agent");
    HuggingFaceWriter.write(model, folder, Dtype.F32, null);
    Files.writeString(
        folder.resolve("vocab.json"), json.writeValueAsString(Map.of("tokens", WORDS.split(" "))));
    if (chatTemplate != null) {
      Files.writeString(
          folder.resolve("tokenizer_config.json"),
          json.writeValueAsString(Map.of("chat_template", chatTemplate)));
    }
    AgentRow row = new AgentRow();
    row.name = name;
    row.domain = "tests";
    row.jobId =
        server.bean(Jobs.class).submit("patient", Map.of("steps", 0, "end", "succeed")).id();
    row.request = "{}";
    row.report = "{}";
    row.binaries = json.writeValueAsString(folders.keep(row.getId(), folder));
    row.components = model.config().components();
    row.parameters = model.weights().parameterCount();
    row.sizeBytes = 1;
    return server.bean(AgentRows.class).save(row).getId();
  }
}
