package ai.hartonomous.samples;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.samples.skill.Exercise;
import ai.hartonomous.samples.skill.Skill;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// The exercises of one seed: for each skill an endless stream to train with, and a suite to
/// measure with.
///
/// Every eighth prompt is reserved for suites: the hash of its text decides, before anything is
/// drawn and for all seeds alike. Streams leave reserved prompts out, suites hold nothing else, so
/// a model never trained on a prompt that it is measured with, calibration part included.
///
/// @param seed source of all choices
public record Corpus(long seed) {
  private static final int RESERVED_OF_256 = 32;
  private static final long SUITE_STREAM = -1;

  /// {@return whether a prompt may only occur in suites: the first byte of the SHA-256 of its UTF-8
  /// text is below 32}
  ///
  /// @param prompt text of a prompt
  public static boolean isReserved(String prompt) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte first = digest.digest(prompt.getBytes(StandardCharsets.UTF_8))[0];
      return (first & 0xff) < RESERVED_OF_256;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// {@return one exercise to train with; a pure function of seed, skill and index}
  ///
  /// @param skill what to draw
  /// @param index place in the skill's stream, from 0
  public Exercise training(Skill skill, long index) {
    SplittableRandom random = random(skill, index);
    Exercise exercise = skill.draw(random);
    while (isReserved(exercise.prompt())) {
      exercise = skill.draw(random);
    }
    return exercise;
  }

  /// {@return a suite of different, reserved prompts; ids are the skill's name and a number, and
  /// their hash decides which are for calibration}
  ///
  /// @param skill what to measure
  /// @param size number of items
  /// @throws IllegalStateException if the skill has too few prompts
  public CapabilitySuite suite(Skill skill, int size) {
    SplittableRandom random = random(skill, SUITE_STREAM);
    Set<String> prompts = new HashSet<>();
    List<CapabilityItem> items = new ArrayList<>();
    for (int draws = 0; items.size() < size; draws++) {
      if (draws > 1_000L * size) {
        throw new IllegalStateException(skill.name() + " has too few reserved prompts");
      }
      Exercise exercise = skill.draw(random);
      if (isReserved(exercise.prompt()) && prompts.add(exercise.prompt())) {
        String id = "%s-%06d".formatted(skill.name(), items.size());
        items.add(
            new CapabilityItem(
                id, skill.name(), exercise.prompt(), exercise.answer(), Split.of(id)));
      }
    }
    return new CapabilitySuite(items);
  }

  private SplittableRandom random(Skill skill, long index) {
    var base = new SplittableRandom(seed ^ ((long) skill.name().hashCode() << 32));
    return new SplittableRandom(base.nextLong() + index * 0x9E3779B97F4A7C15L);
  }
}
