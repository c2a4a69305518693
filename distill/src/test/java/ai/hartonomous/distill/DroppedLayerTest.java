package ai.hartonomous.distill;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.evaluate.Evaluator;
import ai.hartonomous.distill.evaluate.Evaluator.Written;
import ai.hartonomous.distill.evaluate.EvidenceItems;
import ai.hartonomous.distill.evaluate.ModelSize;
import ai.hartonomous.distill.evaluate.Report;
import ai.hartonomous.distill.evaluate.Retention.Kind;
import ai.hartonomous.distill.importance.BaselineImportance;
import ai.hartonomous.distill.importance.ComponentMeans;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.pack.AgentFolder;
import ai.hartonomous.distill.pack.Manifest;
import ai.hartonomous.distill.pack.PackageVerifier;
import ai.hartonomous.distill.pack.PackageVerifier.Settings;
import ai.hartonomous.distill.pack.Packing;
import ai.hartonomous.distill.pack.Proof;
import ai.hartonomous.distill.pack.Verification;
import ai.hartonomous.distill.prune.EmptyLayers;
import ai.hartonomous.distill.prune.Keep;
import ai.hartonomous.distill.prune.Pruner;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An agent with fewer layers than its source, from the cut to the check of its folder.
class DroppedLayerTest {
  private static final long SEED = 9;

  private final Kernels kernels = Kernels.of(1);

  @TempDir private Path folder;

  @AfterEach
  void closeKernels() {
    kernels.close();
  }

  @Test
  void aFolderWithFewerLayersHoldsAndNamesTheSourcesLayers()
      throws IOException, InterruptedException {
    SourceModel source = SourceModel.read(new SmallSource(kernels).write(folder));
    CapabilitySuite suite = CapabilitySuite.read(folder.resolve("first.jsonl"));
    var first =
        new Keep.Layer(new int[] {0, 3}, IntStream.range(0, 48).filter(n -> n % 4 > 0).toArray());
    var keep = new Keep(List.of(first, new Keep.Layer(new int[0], new int[0])));

    Path agent = packed(source, suite, keep);

    var settings = new Settings(5, 3, 0, Optional.of(folder.resolve("small")));
    Verification verification = new PackageVerifier(kernels, settings, _ -> {}).verify(agent);
    assertThat(verification.checks()).allSatisfy(c -> assertThat(c.differences()).isEmpty());
    JsonNode manifest = new JsonMapper().readTree(agent.resolve("manifest.json").toFile());
    assertThat(manifest.at("/components/layers").intValue()).isEqualTo(2);
    assertThat(manifest.at("/components/kept").size()).isEqualTo(keep.components());
    JsonNode bias =
        manifest
            .at("/checkpoints/0/tensors")
            .path("model.layers.0.mlp.down_proj.bias")
            .at("/from/0");
    assertThat(bias.path("folded_layers").get(0).intValue()).isEqualTo(1);
    assertThat(manifest.at("/checkpoints/0/tensors").has("model.layers.1.mlp.down_proj.bias"))
        .isFalse();
  }

  private Path packed(SourceModel source, CapabilitySuite suite, Keep keep)
      throws IOException, InterruptedException {
    Model whole = source.model();
    List<CapabilityItem> heldOut = suite.items(Split.HELD_OUT);
    var reader = new EvidenceItems.Reader(source.tokenizer(), source.context());
    List<Example> examples = EvidenceItems.of(heldOut, reader).examples();
    ComponentMeans means = ComponentMeans.measure(new Transformer(whole, kernels), examples);
    Model cut = EmptyLayers.remove(Pruner.prune(whole, keep, means), keep);
    assertThat(cut.config().layers()).hasSize(1);
    try (AgentFolder writing = AgentFolder.begin(folder.resolve("agent"))) {
      writing.writeModel(cut, source.tokenizerFolder(), Packing.USUAL);
      var subject = new Proof.Subject(whole, source.tokenizer(), suite, keep, SEED);
      Proof proof = Proof.measure(kernels, writing, subject, _ -> {});
      assertThat(proof.evidence().kept()).hasSize(keep.components());
      assertThat(proof.evidence().kept().getFirst().path()).isEqualTo("layers.0.heads.0");
      writing.writeManifest(manifest(source, suite, keep), report(source, suite, writing), proof);
      return writing.publish();
    }
  }

  private Report report(SourceModel source, CapabilitySuite suite, AgentFolder writing)
      throws IOException, InterruptedException {
    var evaluator =
        new Evaluator(
            kernels,
            source.tokenizer(),
            new Written(source.model(), source.bytes()),
            writing.readBack());
    List<ModelSize> sizes = evaluator.sizes(new int[] {1, 2});
    return new Report(
        sizes.getFirst(),
        sizes.getLast(),
        evaluator.retention(suite, Kind.TARGET, Map.of("first", 0.0)),
        List.of());
  }

  private Manifest manifest(SourceModel source, CapabilitySuite suite, Keep keep) {
    return new Manifest(
        new Manifest.Source(
            source.name(),
            folder.resolve("small"),
            source.contentHash(),
            source.tokenizer().contentHash(),
            source.licence(),
            source.owner()),
        new Manifest.Making(
            "test", Instant.parse("2026-01-02T03:04:05Z"), SEED, 1, 100, 0, "by hand"),
        List.of(new Manifest.Suite(Kind.TARGET, suite)),
        keep,
        BaselineImportance.random(source.model().config(), SEED));
  }
}
