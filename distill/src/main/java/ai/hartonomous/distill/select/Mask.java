package ai.hartonomous.distill.select;

import ai.hartonomous.distill.importance.Components;
import ai.hartonomous.distill.prune.Keep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// A choice as one flag for each component.
final class Mask {

  private Mask() {}

  static boolean[] of(Components components, Keep keep) {
    boolean[] kept = new boolean[components.count()];
    for (int l = 0; l < components.layers(); l++) {
      int layer = l;
      Arrays.stream(keep.layers().get(l).heads())
          .forEach(h -> kept[components.head(layer, h)] = true);
      Arrays.stream(keep.layers().get(l).neurons())
          .forEach(n -> kept[components.neuron(layer, n)] = true);
    }
    return kept;
  }

  static Keep keep(Components components, boolean[] kept) {
    List<Keep.Layer> layers = new ArrayList<>();
    for (int l = 0; l < components.layers(); l++) {
      int layer = l;
      int[] of =
          IntStream.range(0, kept.length)
              .filter(c -> kept[c] && components.layer(c) == layer)
              .toArray();
      layers.add(
          new Keep.Layer(
              Arrays.stream(of).filter(components::isHead).map(components::place).toArray(),
              Arrays.stream(of)
                  .filter(c -> !components.isHead(c))
                  .map(components::place)
                  .toArray()));
    }
    return new Keep(layers);
  }
}
