package ai.hartonomous.distill.pack;

import ai.hartonomous.distill.pack.Verification.Check;
import ai.hartonomous.distill.pack.Verification.Difference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// Collects what differs in one check.
final class Comparison {
  private static final int SHOWN = 80;

  private final String name;
  private final double tolerance;
  private final List<Difference> differences = new ArrayList<>();
  private int compared;

  /// Begins a check.
  ///
  /// @param name what is checked
  /// @param tolerance largest difference of numbers `a` and `b`, in units of `1 + max(|a|, |b|)`
  Comparison(String name, double tolerance) {
    this.name = name;
    this.tolerance = tolerance;
  }

  Check check() {
    return new Check(name, compared, differences);
  }

  boolean holds() {
    return differences.isEmpty();
  }

  /// Notes that something differs.
  void differ(String place, Object stored, Object found) {
    differences.add(new Difference(place, text(stored), text(found)));
  }

  /// Compares two texts or numbers exactly.
  void same(String place, Object stored, Object found) {
    compared++;
    if (!stored.equals(found)) {
      differ(place, stored, found);
    }
  }

  /// Compares JSON values: numbers within the tolerance, everything else exactly.
  void same(String place, JsonNode stored, JsonNode found) {
    if (stored.isObject() && found.isObject()) {
      Set<String> keys = new TreeSet<>(stored.propertyNames());
      keys.addAll(found.propertyNames());
      keys.forEach(key -> same(place + "." + key, stored.path(key), found.path(key)));
    } else if (stored.isArray() && found.isArray()) {
      for (int i = 0; i < Math.max(stored.size(), found.size()); i++) {
        same("%s[%d]".formatted(place, i), stored.path(i), found.path(i));
      }
    } else {
      compared++;
      if (!equal(stored, found)) {
        differ(place, stored, found);
      }
    }
  }

  private boolean equal(JsonNode a, JsonNode b) {
    if (a.isNumber() && b.isNumber()) {
      double x = a.doubleValue();
      double y = b.doubleValue();
      return Math.abs(x - y) <= tolerance * (1 + Math.max(Math.abs(x), Math.abs(y)));
    }
    return a.equals(b);
  }

  private static String text(Object value) {
    String text =
        value instanceof JsonNode node && node.isMissingNode() ? "nothing" : value.toString();
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }
}
