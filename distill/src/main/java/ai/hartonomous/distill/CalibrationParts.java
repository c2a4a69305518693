package ai.hartonomous.distill;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/// The calibration items of a suite, shuffled and divided: a third of them, at most 256, compares
/// and chooses; the rest is learned from.
///
/// @param validation items to choose with
/// @param training items to learn from
public record CalibrationParts(List<CapabilityItem> validation, List<CapabilityItem> training) {
  private static final int MAX_VALIDATION = 256;
  private static final int SHARE = 3;

  /// Copies the lists.
  public CalibrationParts {
    validation = List.copyOf(validation);
    training = List.copyOf(training);
  }

  /// {@return the parts; the same suite and seed give the same}
  ///
  /// @param suite the suite
  /// @param seed decides which items are which
  public static CalibrationParts of(CapabilitySuite suite, long seed) {
    List<CapabilityItem> items = new ArrayList<>(suite.items(Split.CALIBRATION));
    Collections.shuffle(items, Random.from(new SplittableRandom(seed)));
    int validation = Math.min(MAX_VALIDATION, items.size() / SHARE);
    return new CalibrationParts(
        items.subList(0, validation), items.subList(validation, items.size()));
  }
}
