package ai.hartonomous.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.distill.DistillRequest.Stamp;
import ai.hartonomous.distill.DistillRequest.Suites;
import ai.hartonomous.distill.heal.HealingPlan;
import ai.hartonomous.distill.pack.PackageException;
import ai.hartonomous.distill.pack.PackageVerifier;
import ai.hartonomous.distill.pack.PackageVerifier.Settings;
import ai.hartonomous.distill.pack.Packing;
import ai.hartonomous.distill.pack.Verification;
import ai.hartonomous.distill.pack.Verification.Check;
import ai.hartonomous.distill.pack.Verification.Difference;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class PackageVerifierTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Kernels KERNELS = Kernels.of(1);
  private static final Recipe QUICK =
      new Recipe(
          List.of(0.5),
          0.8,
          64,
          64,
          new HealingPlan(60, 32, 4e-3f, 1f, 0.5f, 2),
          new HealingPlan(20, 32, 3e-3f, 1f, 0.5f, 1));

  @TempDir private static Path made;
  private static Path source;

  @TempDir private Path folder;
  private Path agent;

  @BeforeAll
  static void makeAgent() throws IOException, InterruptedException {
    source = new SmallSource(KERNELS).write(made);
    var request =
        new DistillRequest(
            source,
            new Suites(made.resolve("first.jsonl"), List.of(made.resolve("last.jsonl"))),
            100,
            0.1,
            7,
            new Stamp("test", Instant.parse("2026-01-02T03:04:05Z")),
            new Packing(List.of(Dtype.F32, Dtype.F16, Dtype.Q8_0, Dtype.Q4_0)),
            made.resolve("agent"));
    Outcome outcome = new Distiller(KERNELS, QUICK).distill(request, ProgressListener.NONE);
    assertThat(outcome).isInstanceOf(Outcome.Made.class);
  }

  @AfterAll
  static void closeKernels() {
    KERNELS.close();
  }

  @BeforeEach
  void copyAgent() throws IOException {
    agent = folder.resolve("agent");
    try (Stream<Path> paths = Files.walk(made.resolve("agent"))) {
      for (Path path : paths.sorted().toList()) {
        Files.copy(path, agent.resolve(made.resolve("agent").relativize(path)));
      }
    }
  }

  @Test
  void aFreshAgentHolds() throws IOException, InterruptedException {
    Verification verification = verify(8, Optional.of(source));

    assertThat(differences(verification)).isEmpty();
    assertThat(verification.holds()).isTrue();
    assertThat(verification.checks().stream().map(Check::name))
        .containsExactly(
            "manifest", "files", "tensors", "checkpoints", "figures", "evidence", "source");
    assertThat(verification.checks()).allMatch(check -> check.compared() > 0);
  }

  @Test
  void aFlippedBitAnywhereIsFound() throws IOException, InterruptedException {
    var random = new SplittableRandom(Long.getLong("test.seed", 11));
    for (Path file : files()) {
      byte[] bytes = Files.readAllBytes(file);
      for (int i = 0; i < 4; i++) {
        byte[] damaged = bytes.clone();
        int at = random.nextInt(bytes.length);
        damaged[at] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, damaged);

        Verification verification = verify(0, Optional.empty());

        assertThat(verification.holds()).as("%s at byte %d", file, at).isFalse();
      }
      Files.write(file, bytes);
    }
    assertThat(verify(0, Optional.empty()).holds()).isTrue();
  }

  @Test
  void aFileTooManyOrTooFewIsFound() throws IOException, InterruptedException {
    Files.writeString(agent.resolve("more.txt"), "more");
    Files.delete(agent.resolve("tokenizer_config.json"));

    assertThat(differences(verify(0, Optional.empty())))
        .extracting(Difference::place)
        .containsExactly("more.txt", "tokenizer_config.json");
  }

  @Test
  void anEditedFigureIsFoundByMeasuring() throws IOException, InterruptedException {
    editManifest(
        json -> {
          ObjectNode figure = (ObjectNode) json.at("/figures/capabilities/0/agent");
          figure.put("right", figure.get("right").intValue() - 1);
        });

    Verification verification = verify(0, Optional.empty());

    assertThat(differences(verification))
        .extracting(Difference::place)
        .containsExactly("figures.capabilities[0].agent.right");
  }

  @Test
  void anEditedEffectIsFoundByMeasuring() throws IOException, InterruptedException {
    Path file = agent.resolve("evidence.jsonl");
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    ObjectNode line = (ObjectNode) JSON.readTree(lines.get(5));
    line.put("effect", line.get("effect").doubleValue() + 0.5);
    lines.set(5, line.toString());
    Files.write(file, lines);
    editManifest(json -> ((ObjectNode) json.get("files")).put("evidence.jsonl", sha256(file)));

    assertThat(differences(verify(1000, Optional.empty())))
        .extracting(Difference::place)
        .containsExactly("evidence line 6.effect");
  }

  @Test
  void whatIsSaidOfTheSourceIsFoundWithTheSource() throws IOException, InterruptedException {
    editManifest(
        json -> {
          ((ObjectNode) json.at("/figures/capabilities/1/source")).put("right", 0);
          ((ObjectNode) json.at("/checkpoints/0/tensors/model.norm.weight/from/0"))
              .put("tensor", "elsewhere");
        });

    assertThat(verify(0, Optional.empty()).holds()).isTrue();
    assertThat(differences(verify(0, Optional.of(source))))
        .extracting(Difference::place)
        .containsExactly(
            "figures.capabilities[1].source.right", ". model.norm.weight from[0].tensor");
  }

  @Test
  void anotherSourceIsFound() throws IOException, InterruptedException {
    Path other = new SmallSource(KERNELS).write(folder.resolve("other"));
    Path config = other.resolve("config.json");
    Files.writeString(config, Files.readString(config).replace("10000.0", "10001.0"));

    assertThat(differences(verify(0, Optional.of(other))))
        .extracting(Difference::place)
        .containsExactly("sources[0].content_sha256");
  }

  @Test
  void aFolderWithoutManifestIsNoAgent() {
    assertThatThrownBy(() -> verifier(0, Optional.empty()).verify(source))
        .isInstanceOf(PackageException.class)
        .hasMessageContaining("expected the manifest of an agent");
  }

  @Test
  void everyTensorNamesItsSource() throws IOException {
    JsonNode manifest = JSON.readTree(agent.resolve("manifest.json"));
    JsonNode checkpoints = manifest.path("checkpoints");
    boolean healed = false;
    for (JsonNode point : manifest.path("search")) {
      healed |= point.path("steps").intValue() > 0;
    }

    assertThat(checkpoints.size()).isGreaterThanOrEqualTo(5);
    for (JsonNode checkpoint : checkpoints) {
      assertThat(checkpoint.path("tensors").size()).isGreaterThan(15);
      for (JsonNode tensor : checkpoint.path("tensors")) {
        assertThat(tensor.path("sha256").asString()).hasSize(64);
      }
    }
    JsonNode query = checkpoints.at("/0/tensors/model.layers.0.self_attn.q_proj.weight/from/0");
    JsonNode bias = checkpoints.at("/0/tensors/model.layers.0.self_attn.o_proj.bias/from/0");
    assertThat(query.path("tensor").asString()).isEqualTo("model.layers.0.self_attn.q_proj.weight");
    assertThat(query.path("rows").asString()).matches("\\d+-\\d+(,\\d+-\\d+)*");
    assertThat(query.path("columns").asString()).isEqualTo("0-31");
    assertThat(query.path("largest_change").doubleValue() > 0).isEqualTo(healed);
    assertThat(bias.path("tensor").isNull()).isTrue();
    assertThat(bias.at("/folded/tensor").asString())
        .isEqualTo("model.layers.0.self_attn.o_proj.weight");
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> paths = Files.walk(agent)) {
      return paths.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private interface Edit {
    void of(JsonNode manifest) throws IOException;
  }

  /// Changes the manifest, and its hash with it, as a forger would.
  private void editManifest(Edit edit) throws IOException {
    Path file = agent.resolve("manifest.json");
    JsonNode json = JSON.readTree(file);
    edit.of(json);
    Files.writeString(file, json.toString());
    Files.writeString(agent.resolve("manifest.sha256"), sha256(file) + "  manifest.json\n");
  }

  private Verification verify(int sample, Optional<Path> from)
      throws IOException, InterruptedException {
    return verifier(sample, from).verify(agent);
  }

  private static PackageVerifier verifier(int sample, Optional<Path> from) {
    return new PackageVerifier(KERNELS, new Settings(sample, 3, 0, from), _ -> {});
  }

  private static List<Difference> differences(Verification verification) {
    return verification.checks().stream().flatMap(check -> check.differences().stream()).toList();
  }

  private static String sha256(Path file) throws IOException {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
