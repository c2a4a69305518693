package ai.hartonomous.interpret.circuit;

import ai.hartonomous.interpret.circuit.CircuitGraph.Slot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the edges of a circuit that is known beforehand: JSON with a list `true_edges` of pairs of
/// TransformerLens names, such as `["embed", "blocks.0.attn.head.0.q"]`, `["blocks.0.mlp",
/// "blocks.1.attn.head.0 (queries, values)"]` or `["blocks.1.attn.head.0", "unembed"]`. A head
/// without a named part stands for queries, keys and values; `embed`, `pos_embed` and their sum are
/// the input.
public final class KnownCircuit {
  private static final Pattern NODE =
      Pattern.compile(
          "blocks\\.(\\d+)\\.(?:attn\\.head\\.(\\d+)|mlp)(?:\\.in|\\.([qkv]))?"
              + "(?: \\(([a-z, ]+)\\))?");

  private KnownCircuit() {}

  /// {@return for each edge whether it belongs to the circuit}
  ///
  /// @param file the JSON file
  /// @param graph the graph of the model
  /// @throws IOException if the file is not as described or names what the model has not
  public static boolean[] read(Path file, CircuitGraph graph) throws IOException {
    JsonNode root;
    try {
      root = new JsonMapper().readTree(Files.readString(file));
    } catch (JacksonException e) {
      throw new IOException("%s: no JSON: %s".formatted(file, e.getOriginalMessage()));
    }
    boolean[] truth = new boolean[graph.edges()];
    JsonNode edges = root.path("true_edges");
    if (!edges.isArray() || edges.isEmpty()) {
      throw new IOException("%s at true_edges: expected a list of pairs".formatted(file));
    }
    for (JsonNode edge : edges) {
      String from = source(edge.path(0).asString(""));
      for (String to : slots(edge.path(1).asString(""), graph)) {
        int number =
            graph
                .edgeNamed(from + "->" + to)
                .orElseThrow(
                    () ->
                        new IOException(
                            "%s at true_edges: the model has no edge %s".formatted(file, edge)));
        truth[number] = true;
      }
    }
    return truth;
  }

  private static String source(String name) {
    if (name.contains("embed")) {
      return "input";
    }
    Matcher matcher = NODE.matcher(name);
    return matcher.matches() ? node(matcher) : name;
  }

  private static String node(Matcher matcher) {
    String head = matcher.group(2);
    String layer = matcher.group(1);
    return head == null ? "m" + layer : "a%s.h%s".formatted(layer, head);
  }

  private static List<String> slots(String name, CircuitGraph graph) {
    if (name.equals("unembed")) {
      return List.of("logits");
    }
    Matcher matcher = NODE.matcher(name);
    if (!matcher.matches()) {
      return List.of(name);
    }
    String parts = matcher.group(3) == null ? matcher.group(4) : matcher.group(3);
    String prefix = node(matcher);
    List<String> slots = new ArrayList<>();
    for (Slot slot : graph.slots()) {
      boolean isPart = parts == null || names(parts, slot);
      if (slot.name().replaceAll("<.>", "").equals(prefix) && isPart) {
        slots.add(slot.name());
      }
    }
    return slots.isEmpty() ? List.of(name) : slots;
  }

  private static boolean names(String parts, Slot slot) {
    String reader = slot.reader().name().toLowerCase(Locale.ROOT);
    return List.of(parts.split(", ?")).stream()
        .anyMatch(part -> reader.startsWith(part) || part.startsWith(reader.substring(0, 3)));
  }
}
