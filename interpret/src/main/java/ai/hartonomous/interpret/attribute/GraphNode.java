package ai.hartonomous.interpret.attribute;

/// A node of an attribution graph.
///
/// @param kind what it stands for
/// @param layer layer of its MLP or attention; 0 for tokens and positions, the number of layers for
///   what stands after the last one
/// @param position token position
/// @param unit latent of a feature, id of a token, id of a logit's token (the vocabulary's size and
///   up for other directions); 0 for others
public record GraphNode(NodeKind kind, int layer, int position, int unit) {

  /// {@return an id that no other node of the graph has, such as `feature.3.7.211` or `error.3.7`}
  public String id() {
    return switch (kind) {
      case FEATURE, TOKEN, LOGIT -> "%s.%d.%d.%d".formatted(kind.label(), layer, position, unit);
      default -> "%s.%d.%d".formatted(kind.label(), layer, position);
    };
  }
}
