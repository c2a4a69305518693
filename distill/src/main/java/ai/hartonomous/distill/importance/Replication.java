package ai.hartonomous.distill.importance;

import ai.hartonomous.interpret.circuit.Resampling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/// Whether a ranking comes out the same on other items: a method is measured on two halves of the
/// calibration items that share none.
///
/// @param method name of the method
/// @param items items in each half; 0 where the method uses no data and so cannot differ
/// @param heads agreement over heads
/// @param neurons agreement over neurons
public record Replication(String method, int items, Kind heads, Kind neurons) {
  /// Least rank correlation of a ranking that replicates.
  public static final double LEAST_CORRELATION = 0.7;

  /// Agreement over one kind of component.
  ///
  /// @param correlation Spearman's rank correlation of the two scores, from -1 to 1; 0 where one of
  ///   them is the same for all
  /// @param overlap share of the best by one half that are among the best by the other
  /// @param chance that share for rankings that have nothing to do with each other
  public record Kind(double correlation, double overlap, double chance) {

    private boolean replicates() {
      return correlation >= LEAST_CORRELATION && overlap >= (1 + chance) / 2;
    }
  }

  /// {@return whether both kinds have a rank correlation of at least {@link #LEAST_CORRELATION} and
  /// an overlap at least halfway from chance to 1}
  public boolean replicates() {
    return items == 0 || (heads.replicates() && neurons.replicates());
  }

  /// {@return one sentence for a report}
  public String sentence() {
    if (items == 0) {
      return method + " uses no data";
    }
    return String.format(
        Locale.ROOT,
        "%s %s between halves of %d items: rank correlation %.2f of heads, %.2f of neurons;"
            + " %.0f %% and %.0f %% of the best agree",
        method,
        replicates() ? "replicates" : "does not replicate",
        items,
        heads.correlation(),
        neurons.correlation(),
        100 * heads.overlap(),
        100 * neurons.overlap());
  }

  /// Measures a method on both halves.
  ///
  /// @param importance the method
  /// @param subject model and items; at least two, dealt into halves by its seed
  /// @param share share of the components that is compared as the best
  /// @return how far both agree
  /// @throws InterruptedException if the thread was interrupted between two batches
  public static Replication measure(Importance importance, Subject subject, double share)
      throws InterruptedException {
    List<Example> all = subject.examples();
    if (!importance.usesData() || all.size() < 2) {
      var same = new Kind(1, 1, share);
      return new Replication(importance.label(), 0, same, same);
    }
    int[] order = Resampling.shuffled(all.size(), subject.seed());
    int half = all.size() / 2;
    var components = new Components(subject.transformer().config());
    double[] a = components.flat(importance.measure(part(subject, order, 0, half)));
    double[] b = components.flat(importance.measure(part(subject, order, half, 2 * half)));
    return new Replication(
        importance.label(),
        half,
        agreement(components, a, b, true, share),
        agreement(components, a, b, false, share));
  }

  private static Subject part(Subject subject, int[] order, int from, int to) {
    List<Example> part = new ArrayList<>();
    for (int i = from; i < to; i++) {
      part.add(subject.examples().get(order[i]));
    }
    return new Subject(subject.transformer(), part, subject.means(), subject.seed());
  }

  private static Kind agreement(
      Components components, double[] a, double[] b, boolean heads, double share) {
    int[] kind = kind(components, heads);
    if (kind.length < 2) {
      return new Kind(1, 1, 1);
    }
    double correlation =
        Resampling.rankCorrelation(
            Arrays.stream(kind).mapToDouble(c -> a[c]).toArray(),
            Arrays.stream(kind).mapToDouble(c -> b[c]).toArray());
    int[] bestA = best(components, a, heads, share);
    Set<Integer> bestB = new HashSet<>();
    Arrays.stream(best(components, b, heads, share)).forEach(bestB::add);
    long both = Arrays.stream(bestA).filter(bestB::contains).count();
    double chance = bestA.length / (double) kind.length;
    return new Kind(correlation, both / (double) bestA.length, chance);
  }

  private static int[] kind(Components components, boolean heads) {
    return IntStream.range(0, components.count())
        .filter(c -> components.isHead(c) == heads)
        .toArray();
  }

  /// {@return the best components of one kind, at least one where there is any}
  static int[] best(Components components, double[] scores, boolean heads, double share) {
    int[] kind = kind(components, heads);
    return Arrays.stream(kind)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer c) -> scores[c]).reversed())
        .limit(Math.max(1, Math.round(share * kind.length)))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
