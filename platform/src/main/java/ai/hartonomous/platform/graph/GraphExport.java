package ai.hartonomous.platform.graph;

import ai.hartonomous.platform.web.Problem;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Writes graphs in forms that other programs read.
/// - node-link JSON, as NetworkX (`node_link_graph`) and D3 read it: `directed`, `multigraph`,
///   `graph`, `nodes` with `id`, `links` with `source` and `target`
/// - GraphML (graphml.graphdrawing.org), as Gephi, yEd, igraph and NetworkX read it
/// - Cypher, which makes the same graph in another Neo4j; only `MERGE`, so it may be run twice
@Component
class GraphExport {

  private final JsonMapper json;

  GraphExport(JsonMapper json) {
    this.json = json;
  }

  /// A form.
  enum Format {
    NODE_LINK("node-link", "application/json"),
    GRAPHML("graphml", "application/graphml+xml"),
    CYPHER("cypher", "text/plain");

    private final String label;
    private final String mediaType;

    Format(String label, String mediaType) {
      this.label = label;
      this.mediaType = mediaType;
    }

    static Format of(String label) {
      return Arrays.stream(values())
          .filter(format -> format.label.equals(label))
          .findFirst()
          .orElseThrow(() -> Problem.invalid("format", "must be node-link, graphml or cypher"));
    }

    String mediaType() {
      return mediaType;
    }
  }

  /// Answers a request with a graph.
  ///
  /// @param format its form
  /// @param graph reads it
  /// @param response not yet committed
  /// @throws IOException if the client is gone
  void answer(Format format, Supplier<Subgraph> graph, HttpServletResponse response)
      throws IOException {
    Subgraph read = graph.get();
    response.setContentType(format.mediaType());
    response.setCharacterEncoding(StandardCharsets.UTF_8.name());
    try (Writer out = response.getWriter()) {
      write(read, format, out);
    }
  }

  /// Writes a graph.
  ///
  /// @param graph the graph
  /// @param format its form
  /// @param out receives it
  /// @throws IOException if nobody takes it
  void write(Subgraph graph, Format format, Writer out) throws IOException {
    switch (format) {
      case NODE_LINK -> nodeLink(graph, out);
      case GRAPHML -> graphMl(graph, out);
      case CYPHER -> cypher(graph, out);
    }
  }

  private void nodeLink(Subgraph graph, Writer out) throws IOException {
    out.write("{\"directed\":true,\"multigraph\":false,\"graph\":{},\"nodes\":[");
    String comma = "\n";
    for (Feature feature : graph.features()) {
      Map<String, Object> node = new LinkedHashMap<>(Map.of("id", feature.id()));
      node.putAll(properties(feature));
      out.write(comma + json.writeValueAsString(node));
      comma = ",\n";
    }
    out.write("\n],\"links\":[");
    comma = "\n";
    for (Influence influence : graph.influences()) {
      Map<String, Object> link = new LinkedHashMap<>();
      link.put("source", influence.sourceId());
      link.put("target", influence.targetId());
      link.putAll(properties(influence));
      out.write(comma + json.writeValueAsString(link));
      comma = ",\n";
    }
    out.write("\n]}\n");
  }

  private static Map<String, Object> properties(Feature feature) {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("name", feature.name());
    properties.put("kind", feature.kind().name().toLowerCase(Locale.ROOT));
    put(properties, "activation", feature.activation());
    put(properties, "sparsity", feature.sparsity());
    put(properties, "interpretation", feature.interpretation());
    UUID model = feature.place().modelId();
    put(properties, "modelId", model == null ? null : model.toString());
    put(properties, "layer", feature.place().layer());
    put(properties, "coder", feature.place().coder());
    put(properties, "index", feature.place().index());
    return properties;
  }

  private static Map<String, Object> properties(Influence influence) {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("strength", influence.strength());
    put(properties, "confidence", influence.evidence().confidence());
    put(properties, "method", influence.evidence().method());
    put(properties, "samples", influence.evidence().samples());
    put(properties, "seed", influence.evidence().seed());
    return properties;
  }

  private static void put(Map<String, Object> properties, String name, @Nullable Object value) {
    if (value != null) {
      properties.put(name, value);
    }
  }

  private static void graphMl(Subgraph graph, Writer out) throws IOException {
    out.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.write("<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n");
    for (String key : List.of("name", "kind", "interpretation", "modelId", "coder")) {
      key(out, "node", key, "string");
    }
    key(out, "node", "activation", "double");
    key(out, "node", "sparsity", "double");
    key(out, "node", "layer", "int");
    key(out, "node", "index", "int");
    key(out, "edge", "strength", "double");
    key(out, "edge", "confidence", "double");
    key(out, "edge", "method", "string");
    key(out, "edge", "samples", "int");
    key(out, "edge", "seed", "long");
    out.write("<graph edgedefault=\"directed\">\n");
    for (Feature feature : graph.features()) {
      out.write("<node id=\"" + escaped(feature.id()) + "\">");
      values(out, properties(feature));
      out.write("</node>\n");
    }
    for (Influence influence : graph.influences()) {
      out.write(
          "<edge source=\"%s\" target=\"%s\">"
              .formatted(escaped(influence.sourceId()), escaped(influence.targetId())));
      values(out, properties(influence));
      out.write("</edge>\n");
    }
    out.write("</graph>\n</graphml>\n");
  }

  private static void key(Writer out, String of, String name, String type) throws IOException {
    out.write(
        "<key id=\"%s\" for=\"%s\" attr.name=\"%s\" attr.type=\"%s\"/>\n"
            .formatted(name, of, name, type));
  }

  private static void values(Writer out, Map<String, Object> properties) throws IOException {
    for (Map.Entry<String, Object> entry : properties.entrySet()) {
      out.write("<data key=\"" + entry.getKey() + "\">");
      out.write(escaped(entry.getValue().toString()) + "</data>");
    }
  }

  /// Leaves out what XML 1.0 cannot say.
  private static String escaped(String text) {
    return text.replaceAll("[\\uFFFE\\uFFFF]", "")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static void cypher(Subgraph graph, Writer out) throws IOException {
    for (Feature feature : graph.features()) {
      out.write("MERGE (f:Feature {id: " + literal(feature.id()) + "}) SET f += ");
      out.write(map(properties(feature)) + ";\n");
    }
    for (Influence influence : graph.influences()) {
      out.write("MATCH (s:Feature {id: " + literal(influence.sourceId()) + "}), ");
      out.write("(t:Feature {id: " + literal(influence.targetId()) + "}) ");
      out.write("MERGE (s)-[r:INFLUENCES]->(t) SET r += ");
      out.write(map(properties(influence)) + ";\n");
    }
  }

  private static String map(Map<String, Object> properties) {
    StringBuilder text = new StringBuilder("{");
    properties.forEach(
        (name, value) ->
            text.append(text.length() == 1 ? "" : ", ")
                .append(name)
                .append(": ")
                .append(value instanceof String string ? literal(string) : value.toString()));
    return text.append('}').toString();
  }

  private static String literal(String text) {
    return '\''
        + text.replace("\\", "\\\\")
            .replace("'", "\\'")
            .replace("\n", "\\n")
            .replace("\r", "\\r")
            .replace("\t", "\\t")
        + '\'';
  }
}
