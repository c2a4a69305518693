package ai.hartonomous.platform.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.platform.Tars;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ModelIT {

  private final TestServer server = TestServer.shared();
  private final Model tiny = Tiny.llama(1);

  @TempDir private Path folder;
  private Path checkpoint = Path.of("");

  @BeforeEach
  void writeCheckpoint() throws IOException {
    checkpoint = folder.resolve("tiny");
    HuggingFaceWriter.write(tiny, checkpoint, Dtype.F32, null);
  }

  private Answer upload(String user, byte[] tar) throws Exception {
    return server.send(
        user, "POST", "/v1/models?name=tiny", BodyPublishers.ofByteArray(tar), "application/x-tar");
  }

  private String uploaded(String user) throws Exception {
    Answer answer = upload(user, Tars.of(checkpoint));
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.json().get("id").asString();
  }

  /// {@return number of files and folders that models left in the data folder}
  private long traces() throws IOException {
    long count = 0;
    for (String name : List.of("incoming", "folders", "blobs")) {
      try (Stream<Path> files = Files.walk(server.data().resolve(name))) {
        count += files.filter(Files::isRegularFile).count();
      }
    }
    return count;
  }

  private int modelsOf(String user) throws Exception {
    return server.get(user, "/v1/models?limit=500").json().get("items").size();
  }

  @Test
  void registersUploadedFolder() throws Exception {
    Answer answer = upload("ann", Tars.of(checkpoint));

    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    JsonNode model = answer.json();
    assertThat(answer.header("Location")).isEqualTo("/v1/models/" + model.get("id").asString());
    assertThat(model.get("family").asString()).isEqualTo("llama");
    assertThat(model.get("layers").asInt()).isEqualTo(tiny.config().layers().size());
    assertThat(model.get("components").asInt()).isEqualTo(tiny.config().components());
    assertThat(model.get("parameters").asLong()).isEqualTo(tiny.weights().parameterCount());
    assertThat(model.at("/architecture/width").asInt()).isEqualTo(tiny.config().width());
    assertThat(model.get("contentHash").asString()).hasSize(64);
  }

  @Test
  void showsWhatItRegistered() throws Exception {
    String id = uploaded("ann");

    assertThat(server.get("ann", "/v1/models/" + id).json().get("name").asString())
        .isEqualTo("tiny");
    assertThat(server.get("ann", "/v1/models/" + id + "/layers").json())
        .hasSize(tiny.config().layers().size());
  }

  @Test
  void registersFolderInsideTheArchive() throws Exception {
    try (var tars = new Tars()) {
      for (String name : List.of("config.json", "model.safetensors")) {
        tars.file("tiny/" + name, Files.readAllBytes(checkpoint.resolve(name)));
      }

      assertThat(upload("ann", tars.bytes()).status()).isEqualTo(201);
    }
  }

  @Test
  void pagesThroughComponents() throws Exception {
    String id = uploaded("ann");
    List<String> paths = new ArrayList<>();
    String next = "";

    do {
      JsonNode page =
          server.get("ann", "/v1/models/%s/components?limit=7%s".formatted(id, next)).json();
      page.get("items").forEach(item -> paths.add(item.get("path").asString()));
      next = page.has("next") ? "&cursor=" + page.get("next").asString() : "";
    } while (!next.isEmpty());

    assertThat(paths).hasSize(tiny.config().components()).doesNotHaveDuplicates();
    assertThat(paths.getFirst()).isEqualTo("layers.0.heads.0");
    assertThat(paths.getLast())
        .isEqualTo("layers.1.neurons." + (tiny.config().layers().get(1).neurons() - 1));
  }

  @Test
  void filtersComponentsByLayerAndType() throws Exception {
    String id = uploaded("ann");

    JsonNode items =
        server.get("ann", "/v1/models/" + id + "/components?layer=1&type=head").json().get("items");

    assertThat(items).hasSize(tiny.config().layers().get(1).heads());
    assertThat(items).allMatch(item -> item.get("path").asString().startsWith("layers.1.heads."));
  }

  @ParameterizedTest
  @ValueSource(strings = {"limit=0", "limit=501", "limit=x", "cursor=%21", "type=feature"})
  void refusesWrongPageRequest(String query) throws Exception {
    String id = uploaded("ann");

    Answer answer = server.get("ann", "/v1/models/" + id + "/components?" + query);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/field").asString())
        .isEqualTo(query.substring(0, query.indexOf('=')));
  }

  @Test
  void hidesModelsOfOthers() throws Exception {
    String id = uploaded("ann");

    for (String path : List.of("", "/layers", "/components")) {
      assertThat(server.get("bob", "/v1/models/" + id + path).status()).isEqualTo(404);
    }
    assertThat(server.delete("bob", "/v1/models/" + id).status()).isEqualTo(404);
    assertThat(modelsOf("bob")).isZero();
    assertThat(server.get("ann", "/v1/models/" + id).status()).isEqualTo(200);
  }

  @Test
  void deletesModelWithItsFiles() throws Exception {
    long before = traces();
    String id = uploaded("dora");

    assertThat(server.delete("dora", "/v1/models/" + id).status()).isEqualTo(204);

    assertThat(server.get("dora", "/v1/models/" + id).status()).isEqualTo(404);
    assertThat(server.get("dora", "/v1/models/" + id + "/components").status()).isEqualTo(404);
    assertThat(traces()).isLessThanOrEqualTo(before);
  }

  @Test
  void keepsFilesThatAnotherModelShares() throws Exception {
    String first = uploaded("dora");
    String second = uploaded("emil");

    server.delete("dora", "/v1/models/" + first);

    Path kept = server.data().resolve("folders").resolve(second).resolve("model.safetensors");
    assertThat(kept).hasSameBinaryContentAs(checkpoint.resolve("model.safetensors"));
    server.delete("emil", "/v1/models/" + second);
  }

  static Stream<HostileTar> hostileTars() {
    return Stream.of(
        new HostileTar("absolute path", tar -> tar.file("/etc/x", "x")),
        new HostileTar("parent", tar -> tar.file("../x", "x")),
        new HostileTar("parent inside", tar -> tar.file("a/../../x", "x")),
        new HostileTar("backslash", tar -> tar.file("..\\x", "x")),
        new HostileTar("control character", tar -> tar.file("a\u0001b", "x")),
        new HostileTar("deep", tar -> tar.file("a/b/c/d/e", "x")),
        new HostileTar("symbolic link", tar -> tar.special("a", TarConstants.LF_SYMLINK, "/etc")),
        new HostileTar("hard link", tar -> tar.special("a", TarConstants.LF_LINK, "/etc/passwd")),
        new HostileTar("device", tar -> tar.special("a", TarConstants.LF_CHR, "")),
        new HostileTar("pipe", tar -> tar.special("a", TarConstants.LF_FIFO, "")),
        new HostileTar("twice", tar -> tar.file("a", "x").file("a", "y")),
        new HostileTar("long name", tar -> tar.longName(1 << 20)),
        new HostileTar("nothing", _ -> {}));
  }

  /// An archive that must be refused.
  record HostileTar(String name, Content content) {
    @Override
    public String toString() {
      return name;
    }
  }

  /// Writes an archive.
  @FunctionalInterface
  interface Content {
    void write(Tars tar) throws IOException;
  }

  @ParameterizedTest
  @MethodSource("hostileTars")
  void refusesHostileArchiveAndLeavesNothing(HostileTar hostile) throws Exception {
    long before = traces();
    int modelsBefore = modelsOf("mallory");
    try (var tars = new Tars()) {
      hostile.content().write(tars);

      Answer answer = upload("mallory", tars.bytes());

      assertThat(answer.status()).as(answer.body()).isEqualTo(422);
      assertThat(answer.json().get("detail").asString()).isNotBlank();
    }
    assertThat(traces()).isEqualTo(before);
    assertThat(modelsOf("mallory")).isEqualTo(modelsBefore);
  }

  @Test
  void refusesArchiveOfTooManyFiles() throws Exception {
    try (var tars = new Tars()) {
      for (int i = 0; i < 1001; i++) {
        tars.file("file" + i, "x");
      }

      assertThat(upload("mallory", tars.bytes()).status()).isEqualTo(413);
    }
  }

  @Test
  void refusesCutArchive() throws Exception {
    byte[] tar = Tars.of(checkpoint);

    Answer answer = upload("ann", Arrays.copyOf(tar, tar.length / 2));

    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
  }

  @Test
  void refusesWhatIsNoArchive() throws Exception {
    assertThat(
            upload("ann", "not a tar, just text ".repeat(100).getBytes(StandardCharsets.UTF_8))
                .status())
        .isEqualTo(422);
  }

  @Test
  void saysWhatIsWrongWithTheFamily() throws Exception {
    try (var tars = new Tars()) {
      tars.file("config.json", "{\"model_type\": \"pigeon\"}")
          .file("model.safetensors", Files.readAllBytes(checkpoint.resolve("model.safetensors")));

      Answer answer = upload("ann", tars.bytes());

      assertThat(answer.status()).as(answer.body()).isEqualTo(422);
      assertThat(answer.json().get("detail").asString())
          .contains("pigeon")
          .doesNotContain(server.data().toString());
    }
  }

  @Test
  void saysThatTheWeightsAreMissing() throws Exception {
    try (var tars = new Tars()) {
      tars.file("config.json", Files.readAllBytes(checkpoint.resolve("config.json")));

      Answer answer = upload("ann", tars.bytes());

      assertThat(answer.status()).as(answer.body()).isEqualTo(422);
      assertThat(answer.json().get("detail").asString()).contains("safetensors");
    }
  }

  @Test
  void refusesTokenizerOfAnotherModel() throws Exception {
    Path stories = repository().resolveSibling("shared/data/model-stories260k");
    assumeTrue(Files.isDirectory(stories), "no model-stories260k");
    Files.copy(stories.resolve("tokenizer.json"), checkpoint.resolve("tokenizer.json"));

    Answer answer = upload("ann", Tars.of(checkpoint));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().get("detail").asString()).contains("512").contains("17");
  }

  @Test
  void readsLicenceFromTheModelCard() throws Exception {
    Files.writeString(checkpoint.resolve("README.md"), "---\nlicense: mit\n---\n# Tiny\n");

    Answer answer = upload("ann", Tars.of(checkpoint));

    assertThat(answer.json().get("licence").asString()).isEqualTo("mit");
  }

  @Test
  void importsFromTheImportFolder() throws Exception {
    Path source = server.data().resolve("imports").resolve("tiny");
    if (!Files.exists(source)) {
      HuggingFaceWriter.write(tiny, source, Dtype.BF16, null);
    }

    Answer answer = server.post("ann", "/v1/models", "{\"name\":\"t\",\"path\":\"tiny\"}");

    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    assertThat(answer.json().get("dtype").asString()).isEqualTo("BF16");
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "../keys", "/etc", "nothing", ".", "tiny/../../keys"})
  void importsNothingFromElsewhere(String path) throws Exception {
    Answer answer =
        server.post("ann", "/v1/models", "{\"name\":\"t\",\"path\":\"%s\"}".formatted(path));

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/field").asString()).isEqualTo("path");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"name\":\"\",\"path\":\"x\"}", "{\"nam\":1}", "[1]", "{", ""})
  void refusesWrongImportRequest(String body) throws Exception {
    assertThat(server.post("ann", "/v1/models", body).status()).isEqualTo(400);
  }

  @Test
  void refusesFileWithAPathForAName() throws Exception {
    Answer answer =
        server.send(
            "ann",
            "POST",
            "/v1/models?name=x&filename=..%2Fx.gguf",
            BodyPublishers.ofString("x"),
            "application/octet-stream");

    assertThat(answer.status()).isEqualTo(422);
  }

  @Test
  void refusesOtherContentTypes() throws Exception {
    Answer answer =
        server.send("ann", "POST", "/v1/models?name=x", BodyPublishers.ofString("x"), "text/plain");

    assertThat(answer.status()).isEqualTo(415);
  }

  private static Path repository() {
    return Path.of(System.getProperty("repository.root", "")).toAbsolutePath();
  }
}
