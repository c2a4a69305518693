package ai.hartonomous.samples;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.samples.skill.Exercise;
import ai.hartonomous.samples.skill.Skill;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CorpusTest {
  private static final int EXERCISES = 3000;

  static List<Skill> skills() {
    return Skill.all();
  }

  @ParameterizedTest
  @MethodSource("skills")
  void sameSeedGivesTheSameExercises(Skill skill) {
    var again = new Corpus(5);
    boolean differs = false;

    for (int i = 0; i < 100; i++) {
      Exercise exercise = new Corpus(5).training(skill, i);
      assertThat(again.training(skill, i)).isEqualTo(exercise);
      differs |= !new Corpus(6).training(skill, i).equals(exercise);
    }

    assertThat(new Corpus(5).suite(skill, 50)).isEqualTo(again.suite(skill, 50));
    assertThat(differs).isTrue();
  }

  @ParameterizedTest
  @MethodSource("skills")
  void noPromptOfASuiteIsTrainedWithEvenForAnotherSeed(Skill skill) {
    Set<String> measured = new HashSet<>();
    for (CapabilityItem item : new Corpus(1).suite(skill, 600).items()) {
      measured.add(item.prompt());
    }

    assertThat(measured).hasSize(600);
    for (int i = 0; i < EXERCISES; i++) {
      assertThat(measured).doesNotContain(new Corpus(1).training(skill, i).prompt());
      assertThat(measured).doesNotContain(new Corpus(2).training(skill, i).prompt());
    }
  }

  @ParameterizedTest
  @MethodSource("skills")
  void aPromptHasOneAnswer(Skill skill) {
    Map<String, String> answers = new HashMap<>();

    for (int i = 0; i < EXERCISES; i++) {
      Exercise exercise = new Corpus(3).training(skill, i);
      String before = answers.put(exercise.prompt(), exercise.answer());
      assertThat(before == null || before.equals(exercise.answer())).as(exercise.prompt()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("skills")
  void suitesHaveEnoughItemsForBothParts(Skill skill) {
    CapabilitySuite suite = new Corpus(1).suite(skill, 600);

    assertThat(suite.items(Split.CALIBRATION)).hasSizeGreaterThan(250);
    assertThat(suite.items(Split.HELD_OUT)).hasSizeGreaterThan(250);
  }

  @Test
  void writesExercisesAndSuites(@TempDir Path folder) throws IOException {
    CorpusFiles.write(new Corpus(4), 20, 10, folder);

    for (Skill skill : Skill.all()) {
      String file = skill.name() + ".jsonl";
      assertThat(CapabilitySuite.read(folder.resolve("suites").resolve(file)))
          .isEqualTo(new Corpus(4).suite(skill, 10));
      try (Stream<String> lines = Files.lines(folder.resolve("train").resolve(file))) {
        assertThat(lines)
            .hasSize(20)
            .allMatch(line -> line.contains("\"capability\":\"" + skill.name() + "\""));
      }
    }
  }
}
