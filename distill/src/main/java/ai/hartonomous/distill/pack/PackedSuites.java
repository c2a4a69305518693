package ai.hartonomous.distill.pack;

import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The held-out items in an agent's folder, so that it can be measured again without anything else.
/// Calibration items stay outside.
final class PackedSuites {

  private PackedSuites() {}

  /// {@return place of the items of a suite}
  ///
  /// @param number its place in the manifest, from 0
  static String path(int number) {
    return "suites/%d.jsonl".formatted(number);
  }

  static void write(List<Manifest.Suite> suites, Path folder) throws IOException {
    Files.createDirectories(folder.resolve("suites"));
    for (int i = 0; i < suites.size(); i++) {
      heldOut(suites.get(i).suite()).write(folder.resolve(path(i)));
    }
  }

  /// {@return the held-out part of a suite}
  static CapabilitySuite heldOut(CapabilitySuite suite) {
    return new CapabilitySuite(suite.items(Split.HELD_OUT));
  }
}
