package ai.hartonomous.distill.capability;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What the fields of items have in common.
final class Checks {

  private Checks() {}

  static void text(String field, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException("field \"" + field + "\" is blank");
    }
  }

  static void texts(String field, List<String> values, int least) {
    if (values.size() < least || values.size() > Task.MAX_CHOICES) {
      throw new IllegalArgumentException(
          "field \"%s\": expected %d to %d texts, found %d"
              .formatted(field, least, Task.MAX_CHOICES, values.size()));
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i).isBlank()) {
        throw new IllegalArgumentException("field \"%s\": text %d is blank".formatted(field, i));
      }
      if (!seen.add(values.get(i))) {
        throw new IllegalArgumentException(
            "field \"%s\": expected different texts, found text %d again".formatted(field, i));
      }
    }
  }

  static void metric(Metric metric, Set<Metric> allowed) {
    if (!allowed.contains(metric)) {
      List<String> labels = allowed.stream().sorted().map(Metric::label).toList();
      throw new IllegalArgumentException(
          "field \"metric\": expected one of %s, found %s".formatted(labels, metric.label()));
    }
  }
}
