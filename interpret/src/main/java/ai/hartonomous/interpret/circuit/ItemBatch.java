package ai.hartonomous.interpret.circuit;

import ai.hartonomous.model.transformer.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Items of equal length, to be run together.
///
/// @param numbers their places in the list they came from
/// @param items the items
record ItemBatch(int[] numbers, List<ContrastItem> items) {

  /// {@return all items in batches of at most `rows` tokens, or one item}
  static List<ItemBatch> of(List<ContrastItem> items, int rows) {
    Map<Integer, List<Integer>> byLength = new TreeMap<>();
    for (int i = 0; i < items.size(); i++) {
      byLength.computeIfAbsent(items.get(i).clean().length, _ -> new ArrayList<>()).add(i);
    }
    List<ItemBatch> batches = new ArrayList<>();
    byLength.forEach(
        (length, numbers) -> {
          int most = Math.max(1, rows / length);
          for (int from = 0; from < numbers.size(); from += most) {
            List<Integer> some = numbers.subList(from, Math.min(from + most, numbers.size()));
            batches.add(
                new ItemBatch(
                    some.stream().mapToInt(Integer::intValue).toArray(),
                    some.stream().map(items::get).toList()));
          }
        });
    return batches;
  }

  int length() {
    return items.getFirst().clean().length;
  }

  int rows() {
    return items.size() * length();
  }

  Batch clean() {
    return batch(items.stream().map(ContrastItem::clean).toList());
  }

  /// @throws IllegalArgumentException if an item has no corrupted prompt
  Batch corrupted() {
    List<int[]> prompts = new ArrayList<>();
    for (ContrastItem item : items) {
      int[] corrupted = item.corrupted();
      if (corrupted == null) {
        throw new IllegalArgumentException(
            "item %s has no corrupted prompt; use another corruption".formatted(item.id()));
      }
      prompts.add(corrupted);
    }
    return batch(prompts);
  }

  private Batch batch(List<int[]> prompts) {
    int[] ids = new int[rows()];
    for (int i = 0; i < prompts.size(); i++) {
      System.arraycopy(prompts.get(i), 0, ids, i * length(), length());
    }
    return new Batch(ids, items.size(), length());
  }
}
