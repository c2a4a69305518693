package ai.hartonomous.samples.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BytePairVocabularyTest {
  private static final List<String> TEXTS =
      List.of(
          "SQL: names of clients in Paris by age => SELECT name FROM clients",
          "JSON: Anna paid 145 => {\"name\":\"Anna\",\"amount\":145}",
          "the names of the clients of Anna, the client's name; don't");

  private static final List<String> OTHER_TEXTS =
      List.of(
          "",
          " ",
          "  two  blanks  ",
          "line\nbreak\n\n",
          "\ttab 007x9 a1b2",
          "Grüße, naïve café – ½ ٣",
          "日本語 🙂🙃",
          "we've they'll 's 'S",
          "===>=> {}\":\",\"",
          "\u00a0no-break\u2003em");

  private final BytePairVocabulary vocabulary = BytePairVocabulary.learn(TEXTS, 300);

  @Test
  void learnsTheMostFrequentPairFirst() {
    BytePairVocabulary learned = BytePairVocabulary.learn(List.of("ab ab ab cd cd"), 259);

    assertThat(learned.merges().getFirst()).isEqualTo(new BytePairVocabulary.Pair("a", "b"));
    assertThat(learned.tokens()).hasSize(259).startsWith(BytePairVocabulary.END);
  }

  @Test
  void sameTextsGiveTheSameVocabulary() {
    assertThat(BytePairVocabulary.learn(TEXTS, 300)).isEqualTo(vocabulary);
  }

  @Test
  void everyDigitIsAToken() {
    var tokenizer = new VocabularyTokenizer(BytePairVocabulary.learn(List.of("12 12 12 12"), 300));

    assertThat(tokenizer.encode("1212")).hasSize(4);
  }

  @Test
  void decodingGivesTheTextBack() {
    var tokenizer = new VocabularyTokenizer(vocabulary);

    for (String text : OTHER_TEXTS) {
      assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    }
  }

  @Test
  void writtenFilesEncodeAsTheLibraryOfHuggingFaceDoes(@TempDir Path folder) throws IOException {
    TokenizerFiles.write(vocabulary, 128, " =>", folder);
    var ours = new VocabularyTokenizer(vocabulary);

    Tokenizer theirs = Tokenizers.open(folder);

    assertThat(theirs.vocabularySize()).isEqualTo(ours.vocabularySize());
    assertThat(theirs.endId()).hasValue(0);
    assertThat(theirs.addsBegin()).isFalse();
    for (String text : OTHER_TEXTS) {
      assertThat(theirs.encode(text)).as(text).isEqualTo(ours.encode(text));
      assertThat(theirs.decode(ours.encode(text))).isEqualTo(text);
    }
    var random = new SplittableRandom(3);
    for (int i = 0; i < 200; i++) {
      String text = random(random);
      assertThat(theirs.encode(text)).as(text).isEqualTo(ours.encode(text));
    }
  }

  /// Letters, digits, blanks, signs and some of other scripts, in runs.
  private static String random(SplittableRandom random) {
    String alphabet = "abcnames ANAT  0123:{}\"',.=>\n\t\u00e9\u00df\u4e2d\u0663-'s";
    var text = new StringBuilder();
    for (int i = random.nextInt(40); i >= 0; i--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  @Test
  void refusesFewerTokensThanBytes() {
    assertThatThrownBy(() -> BytePairVocabulary.learn(TEXTS, 256))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
