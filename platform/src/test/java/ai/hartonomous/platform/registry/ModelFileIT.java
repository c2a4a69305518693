package ai.hartonomous.platform.registry;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.platform.Tars;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ModelFileIT {

  private static final String NAME = "model.safetensors";

  private final TestServer server = TestServer.shared();
  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir private Path folder;
  private byte[] weights = {};
  private String files = "";

  @BeforeEach
  void upload() throws Exception {
    HuggingFaceWriter.write(Tiny.llama(7), folder, Dtype.F32, null);
    Files.createDirectories(folder.resolve("inner"));
    Files.writeString(folder.resolve("inner").resolve("a b.txt"), "inside");
    weights = Files.readAllBytes(folder.resolve(NAME));
    Answer answer =
        server.send(
            "fay",
            "POST",
            "/v1/models?name=files",
            BodyPublishers.ofByteArray(Tars.of(folder)),
            "application/x-tar");
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    files = answer.header("Location") + "/files";
  }

  private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        server.request(path).header("Authorization", "Bearer " + server.token("fay"));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  private String hash() throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(weights));
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @Test
  void listsFilesWithTheirHashes() throws Exception {
    JsonNode listed = server.get("fay", files).json();

    assertThat(listed)
        .extracting(file -> file.get("path").asString())
        .containsExactly("config.json", "inner/a b.txt", NAME);
    assertThat(listed.get(2).get("sha256").asString()).isEqualTo(hash());
    assertThat(listed.get(2).get("sizeBytes").asLong()).isEqualTo(weights.length);
  }

  @Test
  void answersTheWholeFileWithItsHash() throws Exception {
    HttpResponse<byte[]> answer = get(files + "/" + NAME);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(weights);
    assertThat(header(answer, "ETag")).isEqualTo("\"" + hash() + "\"");
    assertThat(header(answer, "Accept-Ranges")).isEqualTo("bytes");
    assertThat(header(answer, "Content-Length")).isEqualTo("" + weights.length);
    assertThat(header(answer, "Repr-Digest"))
        .isEqualTo(
            "sha-256=:%s:"
                .formatted(Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hash()))));
  }

  @Test
  void answersFileInAFolder() throws Exception {
    assertThat(get(files + "/inner/a%20b.txt").body()).asString().isEqualTo("inside");
  }

  @ParameterizedTest
  @CsvSource({"0-0, 0, 1", "5-9, 5, 10", "100-, 100, -1", "-7, -7, -1"})
  void answersOneRange(String range, int from, int to) throws Exception {
    int begin = from < 0 ? weights.length + from : from;
    int end = to < 0 ? weights.length : to;

    HttpResponse<byte[]> answer = get(files + "/" + NAME, "Range", "bytes=" + range);

    assertThat(answer.statusCode()).isEqualTo(206);
    assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(weights, begin, end));
    assertThat(header(answer, "Content-Range"))
        .isEqualTo("bytes %d-%d/%d".formatted(begin, end - 1, weights.length));
    assertThat(header(answer, "ETag")).contains(hash());
  }

  @Test
  void answersSeveralRangesInParts() throws Exception {
    HttpResponse<byte[]> answer = get(files + "/" + NAME, "Range", "bytes=0-3,10-19");

    assertThat(answer.statusCode()).isEqualTo(206);
    assertThat(header(answer, "Content-Type")).startsWith("multipart/byteranges");
    assertThat(new String(answer.body(), StandardCharsets.ISO_8859_1))
        .contains("bytes 0-3/" + weights.length)
        .contains("bytes 10-19/" + weights.length);
  }

  @Test
  void refusesRangeOutsideTheFile() throws Exception {
    HttpResponse<byte[]> answer =
        get(files + "/" + NAME, "Range", "bytes=%d-".formatted(weights.length));

    assertThat(answer.statusCode()).isEqualTo(416);
    assertThat(header(answer, "Content-Range")).isEqualTo("bytes */" + weights.length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lines=1-2", "bytes=x", "bytes=9-5"})
  void passesOverRangesItDoesNotUnderstand(String range) throws Exception {
    assertThat(get(files + "/" + NAME, "Range", range).statusCode()).isEqualTo(200);
  }

  @Test
  void answersTheWholeFileIfItIsNotTheOneThatTheClientHasAPartOf() throws Exception {
    String same = "\"" + hash() + "\"";

    assertThat(get(files + "/" + NAME, "Range", "bytes=0-9", "If-Range", same).statusCode())
        .isEqualTo(206);
    HttpResponse<byte[]> other =
        get(files + "/" + NAME, "Range", "bytes=0-9", "If-Range", "\"other\"");
    assertThat(other.statusCode()).isEqualTo(200);
    assertThat(other.body()).isEqualTo(weights);
  }

  @Test
  void answersNothingNewToAClientThatHasTheFile() throws Exception {
    String same = "\"" + hash() + "\"";

    assertThat(get(files + "/" + NAME, "If-None-Match", same).statusCode()).isEqualTo(304);
    assertThat(get(files + "/" + NAME, "If-Match", "\"other\"").statusCode()).isEqualTo(412);
  }

  @Test
  void answersHeadWithoutTheFile() throws Exception {
    HttpRequest request =
        server
            .request(files + "/" + NAME)
            .header("Authorization", "Bearer " + server.token("fay"))
            .method("HEAD", BodyPublishers.noBody())
            .build();

    HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Length")).isEqualTo("" + weights.length);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void keepsFilesFromOthers() throws Exception {
    assertThat(server.get("bob", files).status()).isEqualTo(404);
    assertThat(server.get("bob", files + "/" + NAME).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nothing", "/..%2f..%2fkeys%2fissuer.json", "/inner", "/config.json%00"})
  void answersNothingButListedFiles(String path) throws Exception {
    assertThat(get(files + path).statusCode()).isIn(400, 404);
  }
}
