package ai.hartonomous.interpret.circuit;

import ai.hartonomous.interpret.circuit.CircuitGraph.Reader;
import ai.hartonomous.interpret.circuit.CircuitGraph.Slot;
import ai.hartonomous.model.transformer.HookPoint.Site;
import java.util.HashMap;
import java.util.Map;

/// Which slot a hook point of a pass with split readers stands for.
final class SlotPlaces {
  private final Map<Slot, Integer> numbers = new HashMap<>();

  SlotPlaces(CircuitGraph graph) {
    for (int v = 0; v < graph.slots().size(); v++) {
      numbers.put(graph.slots().get(v), v);
    }
  }

  /// {@return the slot of the site's first head, or of its MLP}
  Slot first(Site site, int layer) {
    Reader reader =
        switch (site) {
          case QUERY_INPUT -> Reader.QUERY;
          case KEY_INPUT -> Reader.KEY;
          case VALUE_INPUT -> Reader.VALUE;
          case MLP_RESIDUAL -> Reader.MLP;
          default -> throw new IllegalArgumentException("nothing reads at " + site);
        };
    return new Slot(reader, layer, 0);
  }

  int number(Slot slot) {
    Integer number = numbers.get(slot);
    if (number == null) {
      throw new IllegalArgumentException("no slot " + slot.name());
    }
    return number;
  }
}
