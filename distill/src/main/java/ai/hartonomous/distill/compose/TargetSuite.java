package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.DistillRequest;
import ai.hartonomous.distill.InvalidRequestException;
import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All suites of a request as one.
///
/// @param suite their items
/// @param floors share of the source's figure to keep, by capability, where its suite says so
record TargetSuite(CapabilitySuite suite, Map<String, Double> floors) {
  private static final int LEAST_CALIBRATION = 5;

  static TargetSuite read(CompositeRequest.Suites suites) throws IOException {
    Map<String, Double> floors = new LinkedHashMap<>();
    Set<String> without = new HashSet<>();
    List<CapabilityItem> items = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (Path file : suites.targets()) {
      for (CapabilityItem item : DistillRequest.suite(file).items()) {
        note(item.capability(), suites.floors().get(file), floors, without);
        if (!ids.add(item.id())) {
          throw new InvalidRequestException(
              "item \"%s\" stands in two suites; the ids of required suites must differ"
                  .formatted(item.id()));
        }
        items.add(item);
      }
    }
    var all = new TargetSuite(new CapabilitySuite(items), floors);
    for (String capability : all.suite().capabilities()) {
      int calibration = all.items(capability, Split.CALIBRATION).size();
      int heldOut = all.items(capability, Split.HELD_OUT).size();
      if (calibration < LEAST_CALIBRATION || heldOut < 1) {
        throw new InvalidRequestException(
            "capability %s has %d calibration and %d held-out items; at least %d and 1 are needed"
                .formatted(capability, calibration, heldOut, LEAST_CALIBRATION));
      }
    }
    return all;
  }

  private static void note(
      String capability, @Nullable Double floor, Map<String, Double> floors, Set<String> without)
      throws InvalidRequestException {
    Double known = floors.get(capability);
    boolean agrees = floor == null ? known == null : known == null || known.equals(floor);
    if (!agrees || (floor != null && without.contains(capability))) {
      throw new InvalidRequestException(
          "capability %s stands in suites with different floors".formatted(capability));
    }
    if (floor == null) {
      without.add(capability);
    } else {
      floors.put(capability, floor);
    }
  }

  /// {@return the share of the source's figure to keep}
  ///
  /// @param capability one of the suite's
  /// @param threshold where it has no floor of its own
  double floor(String capability, double threshold) {
    return floors.getOrDefault(capability, threshold);
  }

  /// Checks that there is something to route by, and that right items can be counted behind the
  /// router.
  void requireRoutable() throws InvalidRequestException {
    for (CapabilityItem item : suite.items()) {
      if (!item.task().metric().share()) {
        throw new InvalidRequestException(
            "item \"%s\" is measured by %s, which counts no right answers; several sources need that"
                .formatted(item.id(), item.task().metric().label()));
      }
      if (item.prompt().isBlank()) {
        throw new InvalidRequestException(
            "item \"%s\" has no prompt that a router could decide by; only one source is possible"
                .formatted(item.id()));
      }
    }
  }

  /// {@return the items of a capability, both parts}
  List<CapabilityItem> items(String capability) {
    return suite.items().stream().filter(item -> item.capability().equals(capability)).toList();
  }

  List<CapabilityItem> items(String capability, Split split) {
    return items(capability).stream().filter(item -> item.split() == split).toList();
  }

  /// {@return the items of several capabilities, in the order in which an expert is asked for them:
  /// one capability after the other where floors differ}
  CapabilitySuite asked(List<String> capabilities) {
    return floors.isEmpty()
        ? part(capabilities)
        : new CapabilitySuite(capabilities.stream().flatMap(it -> items(it).stream()).toList());
  }

  /// {@return the items of several capabilities, in the order of the suite}
  CapabilitySuite part(List<String> capabilities) {
    return new CapabilitySuite(
        suite.items().stream().filter(item -> capabilities.contains(item.capability())).toList());
  }
}
