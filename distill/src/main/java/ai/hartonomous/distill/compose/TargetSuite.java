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
import java.util.List;
import java.util.Set;

/// All suites of a request as one.
///
/// @param suite their items
record TargetSuite(CapabilitySuite suite) {
  private static final int LEAST_CALIBRATION = 5;

  static TargetSuite read(List<Path> files) throws IOException {
    List<CapabilityItem> items = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (Path file : files) {
      for (CapabilityItem item : DistillRequest.suite(file).items()) {
        if (!ids.add(item.id())) {
          throw new InvalidRequestException(
              "item \"%s\" stands in two suites; the ids of required suites must differ"
                  .formatted(item.id()));
        }
        items.add(item);
      }
    }
    var all = new TargetSuite(new CapabilitySuite(items));
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

  /// Checks that there is something to route by.
  void requirePrompts() throws InvalidRequestException {
    for (CapabilityItem item : suite.items()) {
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

  /// {@return the items of several capabilities, in the order of the suite}
  CapabilitySuite part(List<String> capabilities) {
    return new CapabilitySuite(
        suite.items().stream().filter(item -> capabilities.contains(item.capability())).toList());
  }
}
