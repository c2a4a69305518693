package ai.hartonomous.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.platform.Tars;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EntityTagIT {

  private final TestServer server = TestServer.shared();

  @Test
  void answersThatNothingHasChanged(@TempDir Path folder) throws Exception {
    String model = "/v1/models/" + upload("etta", folder.resolve("a"));
    for (String path :
        new String[] {model, "/v1/models", model + "/components?limit=2", model + "/layers"}) {
      Answer first = server.get("etta", path);
      String tag = first.header("ETag");
      assertThat(tag).as(path).isNotEmpty();
      assertThat(first.header("Cache-Control")).isEqualTo("private, no-cache");

      Answer again = read("etta", path, tag);

      assertThat(again.status()).as(path).isEqualTo(304);
      assertThat(again.body()).isEmpty();
      assertThat(again.header("ETag")).isEqualTo(tag);
    }
  }

  @Test
  void answersAnewWhenAListHasChanged(@TempDir Path folder) throws Exception {
    upload("ede", folder.resolve("a"));
    String tag = server.get("ede", "/v1/models").header("ETag");
    upload("ede", folder.resolve("b"));

    Answer changed = read("ede", "/v1/models", tag);

    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.json().get("items")).hasSize(2);
    assertThat(changed.header("ETag")).isNotEqualTo(tag);
  }

  @Test
  void doesNotTellOtherUsersThatSomethingIsThere(@TempDir Path folder) throws Exception {
    String model = "/v1/models/" + upload("eve1", folder);
    String tag = server.get("eve1", model).header("ETag");

    assertThat(read("eve2", model, tag).status()).isEqualTo(404);
  }

  private Answer read(String user, String path, String tag) throws Exception {
    return server.send(
        server
            .request(path)
            .GET()
            .header("Authorization", "Bearer " + server.token(user))
            .header("If-None-Match", tag));
  }

  private String upload(String user, Path folder) throws Exception {
    HuggingFaceWriter.write(Tiny.llama(1), folder, Dtype.F32, null);
    Answer answer =
        server.send(
            user,
            "POST",
            "/v1/models?name=m",
            BodyPublishers.ofByteArray(Tars.of(folder)),
            "application/x-tar");
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.json().get("id").asString();
  }
}
