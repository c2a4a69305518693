package ai.hartonomous.distill.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.route.Router.Choice;
import ai.hartonomous.distill.route.Router.ExpertPrompts;
import ai.hartonomous.distill.route.Router.Explanation;
import ai.hartonomous.distill.route.Router.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouterTest {
  private static final List<String> CLERK = List.of("sql", "json", "dates", "logs", "agreement");
  private static final List<String> RECKONER = List.of("arithmetic", "units", "sorting");

  @TempDir private Path folder;

  private static List<String> prompts(String model, String skill, Split split) throws IOException {
    Path models = Path.of(System.getProperty("repository.root"), "samples", "models");
    Path file = models.resolve(model).resolve("suites").resolve(skill + ".jsonl");
    return CapabilitySuite.read(file).items(split).stream().map(CapabilityItem::prompt).toList();
  }

  private static List<String> all(String model, List<String> skills, Split split)
      throws IOException {
    List<String> all = new ArrayList<>();
    for (String skill : skills) {
      all.addAll(prompts(model, skill, split));
    }
    return all;
  }

  /// `SQL: number of cars =>` becomes `number of cars`.
  private static String unmarked(String prompt) {
    return prompt.substring(prompt.indexOf(':') + 1, prompt.indexOf("=>")).strip();
  }

  private static Router two(List<String> clerk, List<String> reckoner, UnaryOperator<String> form)
      throws IOException, InterruptedException {
    return Router.learn(
        List.of(
            new ExpertPrompts(
                "clerk", all("clerk", clerk, Split.CALIBRATION).stream().map(form).toList()),
            new ExpertPrompts(
                "reckoner",
                all("reckoner", reckoner, Split.CALIBRATION).stream().map(form).toList())),
        0);
  }

  private static double rightShare(Router router, List<String> prompts, String expert) {
    long right = prompts.stream().filter(p -> router.choose(p).name().equals(expert)).count();
    return right / (double) prompts.size();
  }

  @ParameterizedTest(name = "{0} against {1}")
  @CsvSource({
    "sql, arithmetic",
    "json, units",
    "dates, sorting",
    "logs, arithmetic",
    "agreement, units"
  })
  void sendsHeldOutPromptsOfTheSampleSkillsToTheirModel(String clerk, String reckoner)
      throws IOException, InterruptedException {
    Router router = two(List.of(clerk), List.of(reckoner), UnaryOperator.identity());

    assertThat(rightShare(router, prompts("clerk", clerk, Split.HELD_OUT), "clerk"))
        .isGreaterThanOrEqualTo(0.98);
    assertThat(rightShare(router, prompts("reckoner", reckoner, Split.HELD_OUT), "reckoner"))
        .isGreaterThanOrEqualTo(0.98);
  }

  @Test
  void needsNoMarkAtTheBeginningOfThePrompt() throws IOException, InterruptedException {
    Router router = two(CLERK, RECKONER, RouterTest::unmarked);

    List<String> clerk =
        all("clerk", CLERK, Split.HELD_OUT).stream().map(RouterTest::unmarked).toList();
    List<String> reckoner =
        all("reckoner", RECKONER, Split.HELD_OUT).stream().map(RouterTest::unmarked).toList();

    assertThat(rightShare(router, clerk, "clerk")).isGreaterThanOrEqualTo(0.98);
    assertThat(rightShare(router, reckoner, "reckoner")).isGreaterThanOrEqualTo(0.98);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   ", "\u0000\ud800", "Wer reitet so spät durch Nacht und Wind?"})
  void whatItDoesNotKnowGoesToTheFallback(String prompt) throws IOException, InterruptedException {
    Router router = two(List.of("sql"), List.of("units"), UnaryOperator.identity());

    Choice choice = router.choose(prompt);

    assertThat(choice.known()).isFalse();
    assertThat(choice.name()).isEqualTo("clerk");
    assertThat(choice.confidence()).isLessThan(router.fallback().threshold());
  }

  @Test
  void reasonsAddUpToTheLogarithmOfTheOdds() throws IOException, InterruptedException {
    Router router = two(List.of("sql"), List.of("units"), UnaryOperator.identity());

    Explanation why = router.explain("UNIT: 37 km in m =>", Integer.MAX_VALUE);

    assertThat(why.likeliest()).isEqualTo("reckoner");
    assertThat(why.second()).isEqualTo("clerk");
    assertThat(why.reasons().stream().mapToDouble(Reason::weight).sum())
        .isCloseTo(why.logOdds(), within(1e-5));
    double odds = router.choose("UNIT: 37 km in m =>").confidence();
    assertThat(Math.log(odds / (1 - odds))).isCloseTo(why.logOdds(), within(1e-5));
    assertThat(router.explain("UNIT: 37 km in m =>", 4).reasons())
        .extracting(Reason::feature)
        .contains("w:unit");
  }

  @Test
  void theEndOfALongPromptDecides() throws IOException, InterruptedException {
    Router router = two(List.of("sql"), List.of("units"), UnaryOperator.identity());
    String question = "UNIT: 37 km in m =>";

    String padded = "SQL: number of cars in Warsaw ".repeat(10_000) + " ".repeat(8_192) + question;

    assertThat(router.choose(padded)).isEqualTo(router.choose(question));
  }

  @Test
  void learningTwiceAndReadingBackGiveTheSameRouter() throws IOException, InterruptedException {
    Router router = two(List.of("sql"), List.of("units"), UnaryOperator.identity());
    router.write(folder.resolve("a.json"));
    two(List.of("sql"), List.of("units"), UnaryOperator.identity()).write(folder.resolve("b.json"));

    Router back = Router.read(folder.resolve("a.json"));

    back.write(folder.resolve("c.json"));
    String written = Files.readString(folder.resolve("a.json"));
    assertThat(Files.readString(folder.resolve("b.json"))).isEqualTo(written);
    assertThat(Files.readString(folder.resolve("c.json"))).isEqualTo(written);
    for (String prompt : prompts("clerk", "sql", Split.HELD_OUT)) {
      assertThat(back.choose(prompt)).isEqualTo(router.choose(prompt));
    }
  }

  @Test
  void keepsFeaturesThatLookLikeJson() throws IOException, InterruptedException {
    List<String> brackets = List.of("],[ 1", "],[ 2", "],[ 3", "],[ 4", "],[ 5");
    List<String> letters = List.of("a b", "a c", "a d", "a e", "a f");
    Router router =
        Router.learn(List.of(new ExpertPrompts("x", brackets), new ExpertPrompts("y", letters)), 1);

    router.write(folder.resolve("router.json"));

    Router back = Router.read(folder.resolve("router.json"));
    assertThat(back.choose("],[ 9").name()).isEqualTo("x");
    assertThat(back.choose("a z").name()).isEqualTo("y");
  }

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "the top      | \"format\":1      | \"more\":2,\"format\":1",
        "format       | \"format\":1      | \"format\":2",
        "experts      | [\"x\",\"y\"]     | [\"x\",\"x\"]",
        "experts      | [\"x\",\"y\"]     | [\"x\"]",
        "experts      | [\"x\",\"y\"]     | [\"x\",5]",
        "fallback     | \"fallback\":0    | \"fallback\":2",
        "fallback     | \"fallback\":0    | \"fallback\":-1",
        "threshold    | \"threshold\":0.5 | \"threshold\":1.5",
        "threshold    | \"threshold\":0.5 | \"threshold\":\"NaN\"",
        "unknown      | \"unknown\":3.0   | \"unknown\":0",
        "features[0]  | [\"w:a\",1,2,-2]  | [\"w:a\",1,2,1e300]",
        "features[0]  | [\"w:a\",1,2,-2]  | [\"w:a\",1,2]",
        "features[0]  | [\"w:a\",1,2,-2]  | [\"a\",1,2,-2]",
        "features[0]  | [\"w:a\",1,2,-2]  | [\"w:a\",-1,2,-2]",
        "features[0]  | [\"w:a\",1,2,-2]  | [\"w:a\",1,null,-2]",
        "features[1]  | [\"w:a\",1,2,-2]  | [\"w:a\",1,2,-2],[\"w:a\",1,2,-2]",
        "features     | [[\"w:a\",1,2,-2]] | []",
        "features     | [[\"w:a\",1,2,-2]] | {}",
        "its text     | \"format\":1      | \"format\":1,\"format\":1",
        "its text     | \"format\":1      | \"format\"",
      })
  void refusesDamagedFiles(String place, String good, String bad) throws IOException {
    String text =
        "{\"format\":1,\"experts\":[\"x\",\"y\"],\"fallback\":0,\"threshold\":0.5,\"unknown\":3.0,"
            + "\"features\":[[\"w:a\",1,2,-2]]}";
    Path file = folder.resolve("router.json");
    Files.writeString(file, text);
    assertThat(Router.read(file).choose("a").name()).isEqualTo("x");

    Files.writeString(file, text.replace(good, bad));

    assertThatThrownBy(() -> Router.read(file))
        .isInstanceOfSatisfying(RouterException.class, e -> assertThat(e.place()).isEqualTo(place));
  }

  @Test
  void refusesTooFewPrompts() {
    List<String> four = List.of("a", "b", "c", "d");

    assertThatThrownBy(() -> Router.learn(List.of(new ExpertPrompts("x", four)), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 5 prompts of x, found 4");
  }
}
