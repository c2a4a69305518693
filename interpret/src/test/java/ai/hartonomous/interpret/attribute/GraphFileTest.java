package ai.hartonomous.interpret.attribute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.interpret.attribute.GraphFile.Header;
import ai.hartonomous.interpret.attribute.GraphFile.Link;
import ai.hartonomous.interpret.attribute.GraphFile.Node;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GraphFileTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path temporary;

  static List<TargetChoice> choices() {
    float[] vector = new float[12];
    vector[3] = 1.5f;
    return List.of(
        TargetChoice.Likeliest.DEFAULT,
        new TargetChoice.Tokens(List.of(3, 5)),
        new TargetChoice.Difference(3, 5),
        new TargetChoice.Direction("third \"axis\"", vector, 0.5));
  }

  private static GraphFile graph(Model model, TargetChoice targets) throws InterruptedException {
    GraphRequest plain = GraphRequest.of(RandomCoders.ids(model.config(), 6, 4));
    var request =
        new GraphRequest(
            plain.ids(),
            plain.freeze(),
            targets,
            plain.trace(),
            new PruneSettings(0.95, 0.99, Counted.ALL),
            new Validator.Plan(6, 3, 2, 1));
    try (Kernels kernels = Kernels.of(1)) {
      List<SparseCoder> coders =
          RandomCoders.of(model.config(), 40, 6, RandomCoders.Skip.WITH_SKIP, 4);
      GraphFigures figures =
          GraphFigures.of(new Transformer(model, kernels), coders, request, (done, all) -> {});
      var header = new Header("a", "tiny", "a b c d e f", List.of("a", "b", "c", "d", "e", "f"));
      return GraphFile.of(figures, header, request, "m", CoderHash.of(coders));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("choices")
  void readingGivesBackWhatWasWritten(TargetChoice targets)
      throws IOException, InterruptedException {
    GraphFile graph = graph(Tiny.gpt2(4), targets);
    Path file = temporary.resolve("graph.json");

    GraphFileWriter.write(graph, file);

    assertThat(GraphFileReader.read(file)).usingRecursiveComparison().isEqualTo(graph);
  }

  /// The format as other readers know it: see the graph schema of Neuronpedia and the node models
  /// of circuit-tracer.
  @ParameterizedTest(name = "{0}")
  @MethodSource("choices")
  void keysAndIdsAreThoseOfTheFormat(TargetChoice targets)
      throws IOException, InterruptedException {
    Path file = temporary.resolve("graph.json");
    GraphFileWriter.write(graph(Tiny.gpt2(4), targets), file);

    JsonNode json = JSON.readTree(Files.readString(file));

    assertThat(json.propertyNames()).containsExactly("metadata", "qParams", "nodes", "links");
    JsonNode metadata = json.path("metadata");
    assertThat(metadata.path("slug").isString()).isTrue();
    assertThat(metadata.path("scan").isString()).isTrue();
    assertThat(metadata.path("prompt").isString()).isTrue();
    assertThat(metadata.path("transcoder_list").isArray()).isTrue();
    assertThat(metadata.path("prompt_tokens").size()).isEqualTo(6);
    assertThat(metadata.path("schema_version").asInt()).isEqualTo(1);
    assertThat(metadata.path("node_threshold").asDouble()).isEqualTo(0.95);
    assertThat(metadata.path("pruning_settings").path("edge_threshold").asDouble()).isEqualTo(0.99);
    assertThat(metadata.path("generation_settings").path("max_feature_nodes").isInt()).isTrue();
    JsonNode view = json.path("qParams");
    assertThat(view.path("pinnedIds").isArray()).isTrue();
    assertThat(view.path("supernodes").isArray()).isTrue();
    assertThat(view.path("linkType").asString()).isEqualTo("both");
    assertThat(view.path("clickedId").asString()).isEmpty();
    assertThat(view.path("sg_pos").asString()).isEmpty();
    Set<String> ids = new HashSet<>();
    Set<String> types = new HashSet<>();
    for (JsonNode node : json.path("nodes")) {
      checkNode(node);
      assertThat(ids.add(node.path("node_id").asString())).as(node.toString()).isTrue();
      types.add(node.path("feature_type").asString());
    }
    assertThat(types)
        .contains(
            "cross layer transcoder", "mlp reconstruction error", "embedding", "logit", "bias");
    for (JsonNode link : json.path("links")) {
      assertThat(link.propertyNames()).containsExactly("source", "target", "weight");
      assertThat(ids).contains(link.path("source").asString(), link.path("target").asString());
      assertThat(link.path("weight").isNumber()).isTrue();
    }
    assertThat(json.path("links").size()).isPositive();
  }

  private static void checkNode(JsonNode node) {
    assertThat(node.propertyNames())
        .contains(
            "node_id",
            "feature",
            "layer",
            "ctx_idx",
            "feature_type",
            "token_prob",
            "is_target_logit",
            "run_idx",
            "reverse_ctx_idx",
            "jsNodeId",
            "clerp",
            "influence",
            "activation");
    assertThat(node.path("layer").isString()).isTrue();
    String[] own = node.path("hartonomous").path("id").asString().split("\\.");
    assertThat(node.path("ctx_idx").asInt()).isEqualTo(Integer.parseInt(own[2]));
    checkNames(node, own);
  }

  private static void checkNames(JsonNode node, String... own) {
    int l = Integer.parseInt(own[1]);
    int p = Integer.parseInt(own[2]);
    String id = node.path("node_id").asString();
    String viewerId = node.path("jsNodeId").asString();
    switch (own[0]) {
      case "feature" -> {
        int i = Integer.parseInt(own[3]);
        assertThat(id).isEqualTo(l + "_" + i + "_" + p);
        assertThat(viewerId).isEqualTo(l + "_" + i + "-0");
        assertThat(node.path("feature").asInt()).isEqualTo((l + i) * (l + i + 1) / 2 + i);
        assertThat(node.path("layer").asString()).isEqualTo("" + l);
        assertThat(node.path("activation").asDouble()).isPositive();
        assertThat(node.path("hartonomous").has("signed_sum")).isTrue();
      }
      case "error" -> {
        assertThat(id).isEqualTo(l + "_-1_" + p);
        assertThat(node.path("feature").asInt()).isEqualTo(-1);
      }
      case "token" -> {
        assertThat(id).isEqualTo("E_" + own[3] + "_" + p);
        assertThat(viewerId).isEqualTo("E_" + own[3] + "-" + p);
        assertThat(node.path("layer").asString()).isEqualTo("E");
        assertThat(node.path("feature").asInt()).isEqualTo(p);
      }
      case "logit" -> {
        assertThat(id).isEqualTo("3_" + own[3] + "_5");
        assertThat(viewerId).isEqualTo("L_" + own[3] + "-5");
        assertThat(node.path("layer").asString()).isEqualTo("3");
        assertThat(node.path("feature").asString()).isEqualTo(own[3]);
        assertThat(node.path("clerp").asString()).startsWith("Output \"");
      }
      default -> assertThat(node.path("feature").asInt(-1)).isEqualTo(-1);
    }
  }

  @Test
  void importantNodesHaveASmallCumulativeShare() throws InterruptedException {
    List<Node> nodes = new ArrayList<>(graph(Tiny.gpt2(4), choices().getFirst()).nodes());
    nodes.removeIf(node -> node.influence() == null);
    nodes.sort(Comparator.comparingDouble(node -> -Objects.requireNonNull(node.own()).influence()));

    List<Double> shares = nodes.stream().map(node -> node.influence()).toList();

    assertThat(shares).isSorted();
    assertThat(shares.getFirst()).isLessThan(0.5);
  }

  @Test
  void customTargetsAreNumberedAfterTheVocabulary() throws InterruptedException {
    GraphFile graph = graph(Tiny.gpt2(4), new TargetChoice.Difference(3, 5));

    assertThat(graph.nodes().getLast().nodeId()).isEqualTo("3_17_5");
    assertThat(graph.nodes().getLast().feature()).isEqualTo(17L);
  }

  /// As circuit-tracer writes it, with no keys of ours.
  private static String foreign(String errorId) {
    return """
        {"metadata": {"slug": "s", "scan": "gemma", "transcoder_list": [], "prompt_tokens": ["a"],
          "prompt": "a", "node_threshold": null, "schema_version": 1},
         "qParams": {"pinnedIds": [], "supernodes": [], "linkType": "both", "clickedId": "",
          "sg_pos": ""},
         "nodes": [
          {"node_id": "0_2_0", "feature": 5, "layer": "0", "ctx_idx": 0,
           "feature_type": "cross layer transcoder", "token_prob": 0.0, "is_target_logit": false,
           "run_idx": 0, "reverse_ctx_idx": 0, "jsNodeId": "0_2-0", "clerp": "",
           "influence": 0.4, "activation": 2.5},
          {"node_id": "ERROR", "feature": -1, "layer": "2", "ctx_idx": 0,
           "feature_type": "mlp reconstruction error", "token_prob": 0.0,
           "is_target_logit": false, "run_idx": 0, "reverse_ctx_idx": 0, "jsNodeId": "2_0-0",
           "clerp": "", "influence": 0.9, "activation": null},
          {"node_id": "4_7_0", "feature": 7, "layer": 4, "ctx_idx": 0, "feature_type": "logit",
           "token_prob": 0.75, "is_target_logit": true, "run_idx": 0, "reverse_ctx_idx": 0,
           "jsNodeId": "L_7-0", "clerp": "Output", "influence": null, "activation": null}],
         "links": [
          {"source": "0_2_0", "target": "4_7_0", "weight": -1.25}]}
        """
        .replace("ERROR", errorId);
  }

  @Test
  void readsTheFilesOfCircuitTracer() throws IOException {
    Path file = Files.writeString(temporary.resolve("foreign.json"), foreign("2_-1_0"));

    GraphFile graph = GraphFileReader.read(file);

    assertThat(graph.origin()).isNull();
    assertThat(graph.links()).containsExactly(new Link("0_2_0", "4_7_0", -1.25f));
    assertThat(graph.nodes().get(0).activation()).isEqualTo(2.5f);
    assertThat(graph.nodes().get(1).influence()).isEqualTo(0.9);
    assertThat(graph.nodes().get(2).target()).isTrue();
    assertThat(graph.nodes().get(2).layer()).isEqualTo("4");
  }

  @Test
  void refusesLinksThatCouldMeanAFeatureOrAnError() throws IOException {
    Path file = Files.writeString(temporary.resolve("foreign.json"), foreign("0_2_0"));

    assertThatThrownBy(() -> GraphFileReader.read(file))
        .isInstanceOf(GraphFormatException.class)
        .hasMessageContaining("links[0].source")
        .hasMessageContaining("only one node");
  }

  @Test
  void namesThePlaceOfAFault() throws IOException {
    Path file =
        Files.writeString(
            temporary.resolve("foreign.json"),
            foreign("2_-1_0").replace("\"weight\": -1.25", "\"weight\": \"x\""));

    assertThatThrownBy(() -> GraphFileReader.read(file))
        .isInstanceOf(GraphFormatException.class)
        .hasMessageContaining("foreign.json at links[0].weight: expected a number");
  }

  @Test
  void aGraphComparesEqualToItselfAndNotToAChangedOne() throws InterruptedException {
    GraphFile graph = graph(Tiny.llama(4), choices().getFirst());
    List<Link> links = new ArrayList<>(graph.links());
    int strongest = 0;
    for (int i = 1; i < links.size(); i++) {
      boolean stronger = Math.abs(links.get(i).weight()) > Math.abs(links.get(strongest).weight());
      strongest = stronger ? i : strongest;
    }
    Link link = links.get(strongest);
    links.set(strongest, new Link(link.source(), link.target(), 1.001f * link.weight()));
    var changed = new GraphFile(graph.header(), graph.nodes(), links, graph.origin());

    assertThat(GraphComparison.of(graph, graph).holds()).isTrue();
    assertThat(GraphComparison.of(graph, graph(Tiny.llama(4), choices().getFirst())).holds())
        .isTrue();
    assertThat(GraphComparison.of(graph, changed).holds()).isFalse();
  }
}
