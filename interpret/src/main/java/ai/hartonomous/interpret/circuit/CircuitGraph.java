package ai.hartonomous.interpret.circuit;

import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// The components of a model as a graph: sources write into the residual stream, slots read from
/// it. The stream is a sum, so every source that is written before a slot reads has an edge to it.
///
/// Sources are numbered in the order of writing: `input` (token and position embedding), then layer
/// by layer the heads `a0.h0`, … and the MLP `m0`. Slots are numbered in the order of reading:
/// every head's `a0.h0<q>`, `a0.h0<k>`, `a0.h0<v>`, then `m0`, and at the end `logits`. So the
/// parents of a slot are the first {@link #parents} sources. Heads that share keys and values have
/// slots of their own. In a model of parallel blocks the MLP does not read its layer's heads. A
/// layer without an MLP has no `m`. Biases belong to no source, except an MLP's own.
///
/// Source: Hanna, Pezzelle and Belinkov, "Have Faith in Faithfulness", 2024, arXiv:2403.17806, and
/// the names of its code (EAP-IG).
public final class CircuitGraph {
  private final List<Source> sources;
  private final List<Slot> slots;
  private final int[] parents;
  private final int[] offsets;
  private final Map<String, Integer> edgeNumbers = new HashMap<>();

  /// Kinds of sources.
  public enum Kind {
    /// Token and position embedding.
    INPUT,
    /// An attention head.
    HEAD,
    /// A whole MLP.
    MLP
  }

  /// What writes into the residual stream.
  ///
  /// @param kind what it is
  /// @param layer its layer; 0 for the input
  /// @param head its head; 0 for others
  public record Source(Kind kind, int layer, int head) {

    /// {@return such as `input`, `a1.h3` or `m1`}
    public String name() {
      return switch (kind) {
        case INPUT -> "input";
        case HEAD -> "a%d.h%d".formatted(layer, head);
        case MLP -> "m" + layer;
      };
    }
  }

  /// What a slot feeds.
  public enum Reader {
    /// A head's queries.
    QUERY("<q>"),
    /// A head's keys.
    KEY("<k>"),
    /// A head's values.
    VALUE("<v>"),
    /// An MLP.
    MLP(""),
    /// The output matrix.
    LOGITS("");

    private final String suffix;

    Reader(String suffix) {
      this.suffix = suffix;
    }
  }

  /// What reads the residual stream.
  ///
  /// @param reader what it is
  /// @param layer its layer; the number of layers for the logits
  /// @param head its head; 0 for others
  public record Slot(Reader reader, int layer, int head) {

    /// {@return such as `a1.h3<q>`, `m1` or `logits`}
    public String name() {
      return switch (reader) {
        case QUERY, KEY, VALUE -> "a%d.h%d%s".formatted(layer, head, reader.suffix);
        case MLP -> "m" + layer;
        case LOGITS -> "logits";
      };
    }
  }

  private CircuitGraph(List<Source> sources, List<Slot> slots, int[] parents) {
    this.sources = List.copyOf(sources);
    this.slots = List.copyOf(slots);
    this.parents = parents;
    this.offsets = new int[parents.length + 1];
    for (int v = 0; v < parents.length; v++) {
      offsets[v + 1] = offsets[v] + parents[v];
      for (int u = 0; u < parents[v]; u++) {
        edgeNumbers.put(edgeName(u, v), offsets[v] + u);
      }
    }
  }

  /// {@return the graph of a model}
  ///
  /// @param config its description
  /// @throws IllegalArgumentException if it has no layers
  public static CircuitGraph of(ModelConfig config) {
    if (config.layers().isEmpty()) {
      throw new IllegalArgumentException("a model without layers has no circuits");
    }
    List<Source> sources = new ArrayList<>(List.of(new Source(Kind.INPUT, 0, 0)));
    List<Slot> slots = new ArrayList<>();
    List<Integer> parents = new ArrayList<>();
    for (int l = 0; l < config.layers().size(); l++) {
      LayerConfig layer = config.layers().get(l);
      int before = sources.size();
      for (int h = 0; h < layer.heads(); h++) {
        for (Reader reader : List.of(Reader.QUERY, Reader.KEY, Reader.VALUE)) {
          slots.add(new Slot(reader, l, h));
          parents.add(before);
        }
      }
      for (int h = 0; h < layer.heads(); h++) {
        sources.add(new Source(Kind.HEAD, l, h));
      }
      if (layer.neurons() > 0) {
        slots.add(new Slot(Reader.MLP, l, 0));
        parents.add(config.block().parallel() ? before : sources.size());
        sources.add(new Source(Kind.MLP, l, 0));
      }
    }
    slots.add(new Slot(Reader.LOGITS, config.layers().size(), 0));
    parents.add(sources.size());
    return new CircuitGraph(sources, slots, parents.stream().mapToInt(Integer::intValue).toArray());
  }

  /// {@return all sources, in the order of writing}
  public List<Source> sources() {
    return sources;
  }

  /// {@return all slots, in the order of reading; the last one is `logits`}
  public List<Slot> slots() {
    return slots;
  }

  /// {@return number of edges}
  public int edges() {
    return offsets[slots.size()];
  }

  /// {@return how many sources a slot reads: the first ones}
  ///
  /// @param slot number of the slot
  public int parents(int slot) {
    return parents[slot];
  }

  /// {@return number of the edge between two}
  ///
  /// @param source number of the source, below {@link #parents} of the slot
  /// @param slot number of the slot
  public int edge(int source, int slot) {
    if (source < 0 || source >= parents[slot]) {
      throw new IllegalArgumentException(
          "no edge from source %d to slot %d".formatted(source, slot));
    }
    return offsets[slot] + source;
  }

  /// {@return the slot an edge ends in}
  ///
  /// @param edge number of the edge
  public int slotOf(int edge) {
    int low = 0;
    int high = slots.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) / 2;
      if (offsets[middle] <= edge) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /// {@return the source an edge begins in}
  ///
  /// @param edge number of the edge
  public int sourceOf(int edge) {
    return edge - offsets[slotOf(edge)];
  }

  /// {@return the source that a slot's reader is or feeds; empty for the logits}
  ///
  /// @param slot number of the slot
  public OptionalInt sourceFed(int slot) {
    Slot v = slots.get(slot);
    return switch (v.reader()) {
      case QUERY, KEY, VALUE ->
          OptionalInt.of(sources.indexOf(new Source(Kind.HEAD, v.layer(), v.head())));
      case MLP -> OptionalInt.of(sources.indexOf(new Source(Kind.MLP, v.layer(), 0)));
      case LOGITS -> OptionalInt.empty();
    };
  }

  /// {@return such as `a0.h1->a2.h0<k>`}
  ///
  /// @param edge number of the edge
  public String edgeName(int edge) {
    return edgeName(sourceOf(edge), slotOf(edge));
  }

  private String edgeName(int source, int slot) {
    return sources.get(source).name() + "->" + slots.get(slot).name();
  }

  /// {@return number of the edge of this name, if there is one}
  ///
  /// @param name such as `a0.h1->a2.h0<k>`
  public OptionalInt edgeNamed(String name) {
    Integer number = edgeNumbers.get(name);
    return number == null ? OptionalInt.empty() : OptionalInt.of(number);
  }
}
