package ai.hartonomous.interpret.attribute;

import ai.hartonomous.interpret.attribute.FrozenLayer.FrozenMlp;
import ai.hartonomous.interpret.transcoder.Latents;
import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Norm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Numbers the nodes of a frozen model that can be sources: features by layer, position and latent,
/// then errors by layer and position, tokens, and the leaves that biases make. Targets that are not
/// features follow after these.
public final class NodeIndex {

  /// Nodes of one kind and layer, numbered without gaps.
  private record Block(NodeKind kind, int layer, int base) {}

  private final FrozenModel frozen;
  private final List<Block> blocks = new ArrayList<>();
  private final Map<NodeKind, int[]> bases = new EnumMap<>(NodeKind.class);
  private NodeKind[] kinds = {};
  private int size;
  private int features;

  private NodeIndex(FrozenModel frozen) {
    this.frozen = frozen;
    for (NodeKind kind : NodeKind.values()) {
      int[] none = new int[frozen.layerCount() + 1];
      Arrays.fill(none, -1);
      bases.put(kind, none);
    }
  }

  static NodeIndex of(FrozenModel frozen) {
    NodeIndex index = new NodeIndex(frozen);
    index.addAll();
    index.nameKinds();
    return index;
  }

  private void addAll() {
    Weights weights = frozen.transformer().model().weights();
    int tokens = frozen.tokens();
    int layers = frozen.layerCount();
    for (int l = 0; l < layers; l++) {
      FrozenMlp mlp = frozen.layer(l).mlp();
      add(NodeKind.FEATURE, l, mlp == null ? 0 : mlp.active().size());
    }
    features = size;
    for (int l = 0; l < layers; l++) {
      add(NodeKind.ERROR, l, frozen.layer(l).mlp() == null ? 0 : tokens);
    }
    add(NodeKind.TOKEN, 0, tokens);
    add(NodeKind.POSITION, 0, frozen.hasPositions() ? tokens : 0);
    for (int l = 0; l < layers; l++) {
      FrozenMlp mlp = frozen.layer(l).mlp();
      LayerWeights layer = weights.layers().get(l);
      add(NodeKind.SKIP, l, mlp == null || mlp.skip() == null ? 0 : tokens);
      add(NodeKind.DECODER_BIAS, l, mlp == null || mlp.coder() == null ? 0 : tokens);
      add(NodeKind.ATTENTION_BIAS, l, hasAttentionBias(layer) ? tokens : 0);
      add(NodeKind.ATTENTION_NORM_BIAS, l, hasBias(layer.attentionNorm()) ? tokens : 0);
      add(NodeKind.MLP_NORM_BIAS, l, mlp != null && hasBias(layer.mlpNorm()) ? tokens : 0);
    }
    add(NodeKind.FINAL_NORM_BIAS, layers, hasBias(weights.finalNorm()) ? 1 : 0);
  }

  private void add(NodeKind kind, int layer, int count) {
    if (count > 0) {
      blocks.add(new Block(kind, layer, size));
      bases(kind)[layer] = size;
      size = Math.addExact(size, count);
    }
  }

  private int[] bases(NodeKind kind) {
    return bases.getOrDefault(kind, new int[0]);
  }

  private static boolean hasAttentionBias(LayerWeights layer) {
    return layer.attention().output().bias() != null || layer.attention().value().bias() != null;
  }

  private static boolean hasBias(@Nullable Norm norm) {
    return norm != null && norm.bias() != null;
  }

  /// {@return number of nodes}
  public int size() {
    return size;
  }

  /// {@return number of features; they are nodes 0 to this, exclusive}
  public int features() {
    return features;
  }

  /// {@return what a node stands for}
  ///
  /// @param number number of the node, from 0
  /// @throws IndexOutOfBoundsException if there is no such node
  public GraphNode node(int number) {
    Block block = blocks.get(blockOf(number));
    int place = number - block.base();
    int layer = block.layer();
    return switch (block.kind()) {
      case FEATURE -> feature(layer, place);
      case ERROR ->
          new GraphNode(place < leading() ? NodeKind.START : NodeKind.ERROR, layer, place, 0);
      case TOKEN -> new GraphNode(NodeKind.TOKEN, 0, place, frozen.id(place));
      case FINAL_NORM_BIAS ->
          new GraphNode(NodeKind.FINAL_NORM_BIAS, layer, frozen.tokens() - 1, 0);
      default -> new GraphNode(block.kind(), layer, place, 0);
    };
  }

  /// {@return the kind of a node}
  ///
  /// @param number number of the node, from 0
  /// @throws IndexOutOfBoundsException if there is no such node
  public NodeKind kind(int number) {
    return kinds[number];
  }

  private void nameKinds() {
    kinds = new NodeKind[size];
    for (int n = 0; n < size; n++) {
      Block block = blocks.get(blockOf(n));
      boolean start = block.kind() == NodeKind.ERROR && n - block.base() < leading();
      kinds[n] = start ? NodeKind.START : block.kind();
    }
  }

  private int leading() {
    return frozen.freeze().leading();
  }

  private int blockOf(int number) {
    if (number < 0 || number >= size) {
      throw new IndexOutOfBoundsException("node %d of %d".formatted(number, size));
    }
    int low = 0;
    int high = blocks.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (blocks.get(middle).base() <= number) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private GraphNode feature(int layer, int place) {
    Latents active = frozen.mlp(layer).active();
    int low = 0;
    int high = active.rows() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (active.start(middle) <= place) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return new GraphNode(NodeKind.FEATURE, layer, low, active.latent(place));
  }

  /// {@return number of the first feature of a layer and position; the others follow}
  ///
  /// @param layer a layer with features
  /// @param position token position
  int firstFeature(int layer, int position) {
    return bases(NodeKind.FEATURE)[layer] + frozen.mlp(layer).active().start(position);
  }

  /// {@return number of the leaf of a kind, layer and position, or -1 where there are none; errors
  /// stand for {@link NodeKind#START} too}
  int leaf(NodeKind kind, int layer, int position) {
    int base = bases(kind)[layer];
    return base < 0 ? -1 : base + position;
  }
}
