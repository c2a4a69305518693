package ai.hartonomous.interpret.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.interpret.circuit.ContrastSuite.Unusable;
import ai.hartonomous.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContrastSuiteTest {
  /// One token for each character.
  private static final Tokenizer CHARACTERS =
      new Tokenizer() {
        @Override
        public int vocabularySize() {
          return 128;
        }

        @Override
        public int[] encode(String text) {
          return text.chars().toArray();
        }

        @Override
        public String decode(int[] ids) {
          return new String(ids, 0, ids.length);
        }

        @Override
        public OptionalInt beginId() {
          return OptionalInt.of(2);
        }

        @Override
        public OptionalInt endId() {
          return OptionalInt.empty();
        }

        @Override
        public boolean addsBegin() {
          return true;
        }

        @Override
        public String contentHash() {
          return "";
        }

        @Override
        public String token(int id) {
          return Character.toString(id);
        }
      };

  @TempDir private Path temporary;

  private Path file(String text) throws IOException {
    return Files.writeString(temporary.resolve("suite"), text);
  }

  private static ContrastSuite suite(List<ContrastPair> pairs, Unusable unusable) {
    return ContrastSuite.of(pairs.iterator(), 100, CHARACTERS, unusable);
  }

  @Test
  void readsItsOwnLinesAndThoseOfOthers() throws IOException {
    List<ContrastPair> pairs =
        ContrastFiles.readPairs(
            file(
                """
                {"id":"a","clean":"xy","corrupted":"xz","answers":["1","2"],"wrong":["3"]}
                {"clean_prefix":"The dogs","patch_prefix":"The dog","clean_answer":" are","patch_answer":" is"}

                {"one_prefix_prefix":"She","one_prefix_word_good":"runs","one_prefix_word_bad":"run"}
                """));

    assertThat(pairs).hasSize(3);
    assertThat(pairs.get(0).answers()).containsExactly("1", "2");
    assertThat(pairs.get(1).corrupted()).isEqualTo("The dog");
    assertThat(pairs.get(2).corrupted()).isNull();
    assertThat(pairs.get(2).wrong()).containsExactly(" run");
    ContrastItem item = suite(pairs.subList(0, 1), Unusable.REFUSED).items().getFirst();
    assertThat(item.clean()).containsExactly(2, 'x', 'y');
    assertThat(item.targets().getFirst().answers()).containsExactly('1', '2');
    assertThat(item.targets().getFirst().position()).isEqualTo(2);
  }

  @Test
  void pairsOfUnequalLengthAreRefusedOrCounted() {
    var unequal = new ContrastPair("7", "dogs", "dog", List.of("a"), List.of("b"));
    var fine = new ContrastPair("8", "dog", "cat", List.of("a"), List.of("b"));
    var alike = new ContrastPair("9", "dog", "cat", List.of("are"), List.of("am"));

    assertThatThrownBy(() -> suite(List.of(unequal, fine), Unusable.REFUSED))
        .hasMessage("item 7: prompts of unequal length: 5 tokens in 'dogs', 4 in 'dog'");
    ContrastSuite left = suite(List.of(unequal, fine, alike), Unusable.SKIPPED);
    assertThat(left.items()).hasSize(1);
    assertThat(left.skipped())
        .containsEntry("prompts of unequal length", 1)
        .containsEntry("answers that begin with the same token", 1);
    assertThatThrownBy(() -> suite(List.of(unequal), Unusable.SKIPPED))
        .hasMessage("no usable items: 1 with prompts of unequal length");
  }

  @Test
  void greaterThanAsksForAllYears() throws IOException {
    List<ContrastPair> pairs =
        ContrastFiles.readPairs(
            file(
                """
                clean,corrupted,label
                from 1352 to 13,from 1301 to 13,52
                from 1604 to 16,from 1601 to 16,4
                """));

    assertThat(pairs.getFirst().answers()).hasSize(47).startsWith("53").endsWith("99");
    assertThat(pairs.getFirst().wrong()).hasSize(51).startsWith("02").endsWith("52");
    assertThat(pairs.getLast().answers()).hasSize(95).startsWith("05").endsWith("99");
    assertThat(pairs.getLast().wrong()).containsExactly("02", "03", "04");
  }

  @Test
  void damagedLinesAreNamed() throws IOException {
    Path noJson = file("{\"clean\":");
    assertThatThrownBy(() -> ContrastFiles.readPairs(noJson))
        .hasMessageContaining("line 1: no JSON");
    Path noAnswers = file("\n{\"clean\":\"a\"}");
    assertThatThrownBy(() -> ContrastFiles.readPairs(noAnswers))
        .hasMessageContaining("line 2: 'answers' is no list of texts");
    Path noYear = file("clean,corrupted,label\na,b\n");
    assertThatThrownBy(() -> ContrastFiles.readPairs(noYear)).hasMessageContaining("line 2");
    Path noItems = file("{}");
    assertThatThrownBy(() -> ContrastFiles.readItems(noItems))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("neither");
  }

  @Test
  void indirectObjectsExchangeTheirNames() throws IOException {
    Files.writeString(
        temporary.resolve("mib_ioi_templates.json"),
        """
        ["When {name_A} and {name_B} were at the {place}, {name_C} gave a {object} to",
         "When {name_A} and {name_B} were at the {place}, {name_C} gave an {object} to"]
        """);
    Files.writeString(temporary.resolve("mib_ioi_names.json"), "[\"Ann\",\"Ben\",\"Tom\"]");
    Files.writeString(temporary.resolve("mib_ioi_objects.json"), "[\"ring\"]");
    Files.writeString(temporary.resolve("mib_ioi_places.json"), "[\"shop\"]");

    Iterator<ContrastPair> pairs = IndirectObject.read(temporary).pairs(3);

    for (int i = 0; i < 20; i++) {
      ContrastPair pair = pairs.next();
      String answer = pair.answers().getFirst().strip();
      String wrong = pair.wrong().getFirst().strip();
      assertThat(answer).isNotEqualTo(wrong);
      assertThat(pair.clean()).contains(wrong + " gave a ring").contains(answer + " ");
      assertThat(pair.corrupted()).contains(answer + " gave a ring");
    }
  }
}
