package ai.hartonomous.platform.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// Collects where two reports differ.
final class Differences {
  private final double tolerance;
  private final List<Difference> all = new ArrayList<>();
  private int compared;

  /// A place where two reports differ.
  ///
  /// @param place path of names and numbers, such as `figures.cpr`
  /// @param stored what the report says
  /// @param computed what came out now
  record Difference(String place, String stored, String computed) {}

  /// Compares numbers within a relative difference.
  ///
  /// @param tolerance 0 for equal numbers only
  Differences(double tolerance) {
    this.tolerance = tolerance;
  }

  List<Difference> all() {
    return List.copyOf(all);
  }

  /// {@return how many numbers, texts and truth values were compared}
  int compared() {
    return compared;
  }

  void compareInputs(List<Report.Input> stored, List<Report.Input> computed) {
    if (!Set.copyOf(stored).equals(Set.copyOf(computed))) {
      all.add(new Difference("inputs", stored.toString(), computed.toString()));
    }
  }

  /// Compares bytes that were written, but not where numbers may differ.
  void compareWritten(List<Report.Input> stored, List<Report.Input> computed) {
    if (tolerance > 0) {
      return;
    }
    compared += stored.size();
    Set<Report.Input> odd = new TreeSet<>(Comparator.comparing(Report.Input::toString));
    odd.addAll(stored);
    odd.addAll(computed);
    for (Report.Input one : odd) {
      if (!computed.contains(one)) {
        all.add(new Difference("written " + one.path(), one.sha256(), "other bytes or none"));
      } else if (!stored.contains(one)) {
        all.add(new Difference("written " + one.path(), "other bytes or none", one.sha256()));
      }
    }
  }

  void compare(String place, JsonNode stored, JsonNode computed) {
    if (stored.isObject() && computed.isObject()) {
      Set<String> names = new TreeSet<>(stored.propertyNames());
      names.addAll(computed.propertyNames());
      for (String name : names) {
        compare(place + "." + name, stored.path(name), computed.path(name));
      }
    } else if (stored.isArray() && computed.isArray()) {
      for (int i = 0; i < Math.max(stored.size(), computed.size()); i++) {
        compare(place + "[" + i + "]", stored.path(i), computed.path(i));
      }
    } else {
      compared++;
      if (!same(stored, computed)) {
        all.add(new Difference(place, text(stored), text(computed)));
      }
    }
  }

  private boolean same(JsonNode stored, JsonNode computed) {
    if (stored.isNumber() && computed.isNumber()) {
      double a = stored.asDouble();
      double b = computed.asDouble();
      return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
    }
    return stored.equals(computed);
  }

  private static String text(JsonNode node) {
    return node.isMissingNode() ? "nothing" : node.toString();
  }
}
