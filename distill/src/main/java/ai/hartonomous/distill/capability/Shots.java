package ai.hartonomous.distill.capability;

import ai.hartonomous.distill.capability.CapabilityItem.Split;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;

/// Solved items in front of each prompt. They are calibration items of the same capability, never
/// the item itself nor one with the same content, so that no held-out answer is shown.
public final class Shots {
  /// No solved items.
  public static final Shots NONE = new Shots(0, "", 0, Map.of());

  /// What stands between solved items where nothing else is asked for.
  public static final String SEPARATOR = "\n\n";

  /// Most solved items.
  public static final int MOST = 64;

  private final int count;
  private final String separator;
  private final long seed;
  private final Map<String, List<CapabilityItem>> pools;

  private Shots(int count, String separator, long seed, Map<String, List<CapabilityItem>> pools) {
    this.count = count;
    this.separator = separator;
    this.seed = seed;
    this.pools = pools;
  }

  /// {@return solved items of suites}
  ///
  /// @param count how many for each prompt, 0 to {@link #MOST}
  /// @param separator text behind each of them
  /// @param seed decides which; an item gets the same ones whatever else is asked
  /// @param suites where they come from
  /// @throws IllegalArgumentException if the count is out of range
  public static Shots of(int count, String separator, long seed, List<CapabilitySuite> suites) {
    if (count < 0 || count > MOST) {
      throw new IllegalArgumentException("%d shots outside 0..%d".formatted(count, MOST));
    }
    if (count == 0) {
      return NONE;
    }
    Map<String, List<CapabilityItem>> pools = new LinkedHashMap<>();
    for (CapabilitySuite suite : suites) {
      for (CapabilityItem item : suite.items(Split.CALIBRATION)) {
        pools.computeIfAbsent(item.capability(), _ -> new ArrayList<>()).add(item);
      }
    }
    pools.values().forEach(p -> Collections.shuffle(p, Random.from(new SplittableRandom(seed))));
    return new Shots(count, separator, seed, pools);
  }

  /// {@return how many stand in front of each prompt}
  public int count() {
    return count;
  }

  /// {@return what decided which; 0 where there are none}
  public long seed() {
    return seed;
  }

  /// {@return text behind each of them}
  public String separator() {
    return separator;
  }

  /// {@return the text the model reads for an item: solved items, each with its right answer, and
  /// the prompt. They are a run of the shuffled pool that begins where the item's hash points, so
  /// that different items see different ones.}
  ///
  /// @param item what is asked
  /// @throws SuiteException if the item has no prompt to put them before, or there are too few
  public String prompt(CapabilityItem item) throws SuiteException {
    if (count == 0) {
      return item.prompt();
    }
    if (item.prompt().isEmpty()) {
      throw new SuiteException(
          "item \"%s\": expected a prompt to put solved items before, found none"
              .formatted(item.id()));
    }
    List<CapabilityItem> pool = pools.getOrDefault(item.capability(), List.of());
    String content = ItemJson.content(item.task());
    int begin = pool.isEmpty() ? 0 : Math.floorMod(content.hashCode() + seed, pool.size());
    var text = new StringBuilder();
    int found = 0;
    for (int i = 0; i < pool.size() && found < count; i++) {
      CapabilityItem shot = pool.get((begin + i) % pool.size());
      boolean same = shot.id().equals(item.id()) || ItemJson.content(shot.task()).equals(content);
      if (!same) {
        text.append(shot.prompt()).append(shot.answer()).append(separator);
        found++;
      }
    }
    if (found < count) {
      throw new SuiteException(
          "item \"%s\": expected %d other calibration items of \"%s\", found %d"
              .formatted(item.id(), count, item.capability(), found));
    }
    return text + item.prompt();
  }
}
