package ai.hartonomous.interpret.attribute;

import ai.hartonomous.interpret.attribute.GraphFile.Header;
import ai.hartonomous.interpret.attribute.GraphFile.Link;
import ai.hartonomous.interpret.attribute.GraphFile.Node;
import ai.hartonomous.interpret.attribute.GraphFile.Own;
import ai.hartonomous.interpret.attribute.GraphFile.Sums;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads graph files, ours and those of circuit-tracer and Neuronpedia.
///
/// Two nodes may not share an id that a link uses: it could mean either. Older files of
/// circuit-tracer give errors the id `0_{layer}_{position}`, which is also that of a feature of
/// layer 0; such a file is refused where it is ambiguous.
public final class GraphFileReader {
  private static final JsonMapper JSON = new JsonMapper();
  private static final long MOST_BYTES = 1L << 30;

  private final Path file;

  private GraphFileReader(Path file) {
    this.file = file;
  }

  /// Reads a graph.
  ///
  /// @param file the file, at most 1 GB
  /// @return the graph
  /// @throws GraphFormatException if it is no graph, or an ambiguous one
  /// @throws IOException if it cannot be read
  public static GraphFile read(Path file) throws IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw new GraphFormatException(file, "end", "at most 1 GB", Files.size(file) + " bytes");
    }
    JsonNode root;
    try {
      root = JSON.readTree(Files.readAllBytes(file));
    } catch (JacksonException e) {
      throw new GraphFormatException(file, "JSON", "valid JSON", "" + e.getOriginalMessage());
    }
    return new GraphFileReader(file).graph(root);
  }

  private GraphFile graph(JsonNode root) throws IOException {
    var fields = new GraphFields(file, "", root);
    GraphFields metadata = fields.object("metadata");
    List<String> tokens = new ArrayList<>();
    for (GraphFields token : metadata.list("prompt_tokens")) {
      tokens.add(token.text());
    }
    var header =
        new Header(metadata.text("slug"), metadata.text("scan"), metadata.text("prompt"), tokens);
    List<Node> nodes = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    Set<String> ambiguous = new HashSet<>();
    for (GraphFields node : fields.list("nodes")) {
      Node read = node(node);
      nodes.add(read);
      if (!ids.add(read.nodeId())) {
        ambiguous.add(read.nodeId());
      }
    }
    List<Link> links = new ArrayList<>();
    for (GraphFields link : fields.list("links")) {
      links.add(
          new Link(
              end(link, "source", ids, ambiguous),
              end(link, "target", ids, ambiguous),
              (float) link.number("weight")));
    }
    return new GraphFile(
        header,
        nodes,
        links,
        metadata.has("hartonomous")
            ? GraphOriginReader.origin(metadata.object("hartonomous"))
            : null);
  }

  private static String end(GraphFields link, String key, Set<String> ids, Set<String> ambiguous)
      throws IOException {
    String id = link.text(key);
    if (!ids.contains(id)) {
      throw link.fault(key, "the id of a node", id);
    }
    if (ambiguous.contains(id)) {
      throw link.fault(key, "an id that only one node has", id);
    }
    return id;
  }

  private static Node node(GraphFields json) throws IOException {
    return new Node(
        json.text("node_id"),
        json.has("feature") ? json.whole("feature") : null,
        json.textOrNumber("layer"),
        Math.toIntExact(json.whole("ctx_idx")),
        json.text("feature_type"),
        json.has("jsNodeId") ? json.text("jsNodeId") : json.text("node_id"),
        json.has("clerp") ? json.text("clerp") : "",
        json.has("influence") ? json.number("influence") : null,
        json.has("activation") ? (float) json.number("activation") : null,
        json.has("token_prob") ? json.number("token_prob") : 0,
        json.has("is_target_logit") && json.truth("is_target_logit"),
        json.has("hartonomous") ? own(json.object("hartonomous")) : null);
  }

  private static Own own(GraphFields json) throws IOException {
    @Nullable Sums sums = null;
    if (json.has("value")) {
      sums = new Sums(json.number("value"), json.number("signed_sum"), json.number("absolute_sum"));
    }
    return new Own(json.text("id"), json.number("influence"), sums);
  }
}
