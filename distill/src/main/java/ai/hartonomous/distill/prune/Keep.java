package ai.hartonomous.distill.prune;

import ai.hartonomous.model.transformer.ModelConfig;
import java.util.List;
import java.util.stream.IntStream;

/// Which components stay. Everything not named goes.
///
/// @param layers one entry for each layer of the model
public record Keep(List<Layer> layers) {

  /// Copies the list.
  public Keep {
    layers = List.copyOf(layers);
  }

  /// What stays of one layer.
  ///
  /// @param heads query heads, ascending
  /// @param neurons neurons, ascending
  public record Layer(int[] heads, int[] neurons) {

    /// Checks the order.
    ///
    /// @throws IllegalArgumentException if a number is negative, repeated or out of order
    public Layer {
      requireAscending("heads", heads);
      requireAscending("neurons", neurons);
    }

    private static void requireAscending(String what, int[] numbers) {
      int last = -1;
      for (int number : numbers) {
        if (number <= last) {
          throw new IllegalArgumentException("%s: %d after %d".formatted(what, number, last));
        }
        last = number;
      }
    }
  }

  /// {@return everything a model has}
  ///
  /// @param config the model
  public static Keep all(ModelConfig config) {
    return new Keep(
        config.layers().stream()
            .map(
                layer ->
                    new Layer(
                        IntStream.range(0, layer.heads()).toArray(),
                        IntStream.range(0, layer.neurons()).toArray()))
            .toList());
  }

  /// {@return nothing of what a model has}
  ///
  /// @param config the model
  public static Keep nothing(ModelConfig config) {
    return new Keep(config.layers().stream().map(_ -> new Layer(new int[0], new int[0])).toList());
  }

  /// {@return what stays of the original model when `next` is kept of what this kept}
  ///
  /// @param next choice among the components that this one left, numbered anew
  public Keep then(Keep next) {
    return new Keep(
        IntStream.range(0, layers.size())
            .mapToObj(
                l ->
                    new Layer(
                        pick(layers.get(l).heads(), next.layers().get(l).heads()),
                        pick(layers.get(l).neurons(), next.layers().get(l).neurons())))
            .toList());
  }

  private static int[] pick(int[] from, int[] chosen) {
    return IntStream.of(chosen).map(i -> from[i]).toArray();
  }

  /// {@return number of components that stay}
  public int components() {
    return layers.stream().mapToInt(l -> l.heads().length + l.neurons().length).sum();
  }
}
