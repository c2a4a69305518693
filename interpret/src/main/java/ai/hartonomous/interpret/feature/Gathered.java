package ai.hartonomous.interpret.feature;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// What one pass keeps of one feature.
final class Gathered {
  static final int BINS = 40;
  private static final int LOWEST_EXPONENT = -12;

  final List<Example> top = new ArrayList<>();
  final Reservoir<Example> shown;
  final Reservoir<Example> heldOut;
  final long[] histogram = new long[BINS];
  private final int most;
  long active;
  float maximum;
  float minimum = Float.POSITIVE_INFINITY;
  double sum;

  Gathered(ScanSettings settings) {
    most = settings.top();
    shown = new Reservoir<>(settings.sample());
    heldOut = new Reservoir<>(settings.sample());
  }

  /// Counts one active token.
  void count(float value) {
    active++;
    sum += value;
    maximum = Math.max(maximum, value);
    minimum = Math.min(minimum, value);
    histogram[bin(value)]++;
  }

  /// {@return the half octave of a value: bin `b` holds `2^(b/2 - 12)` up to `2^((b+1)/2 - 12)`;
  /// the first and last hold what lies beyond}
  static int bin(float value) {
    double halfOctaves = 2 * (Math.log(value) / Math.log(2) - LOWEST_EXPONENT);
    return (int) Math.clamp(Math.floor(halfOctaves), 0, BINS - 1);
  }

  /// {@return whether an example of this activation could be among the strongest}
  boolean mayBeTop(float value) {
    return top.size() < most || value > top.getLast().value();
  }

  /// Keeps the strongest example of each sequence, the strongest first; of equals the earlier.
  void addTop(Example example) {
    for (int i = 0; i < top.size(); i++) {
      if (top.get(i).sequence() == example.sequence()) {
        if (top.get(i).value() >= example.value()) {
          return;
        }
        top.remove(i);
        break;
      }
    }
    int at = top.size();
    while (at > 0 && top.get(at - 1).value() < example.value()) {
      at--;
    }
    top.add(at, example);
    if (top.size() > most) {
      top.removeLast();
    }
  }

  /// A uniform sample of a stream. Source: Vitter, "Random Sampling with a Reservoir", 1985,
  /// algorithm R.
  static final class Reservoir<T> {
    private final Object[] kept;
    private long seen;

    Reservoir(int size) {
      kept = new Object[size];
    }

    /// {@return where the next element goes, or -1 where it is not kept}
    int place(SplittableRandom random) {
      long n = seen++;
      if (n < kept.length) {
        return (int) n;
      }
      long at = random.nextLong(n + 1);
      return at < kept.length ? (int) at : -1;
    }

    void put(int place, T element) {
      kept[place] = element;
    }

    @SuppressWarnings("unchecked") // only put fills it
    List<T> elements() {
      int size = (int) Math.min(seen, kept.length);
      return (List<T>) Arrays.asList(Arrays.copyOf(kept, size));
    }
  }
}
