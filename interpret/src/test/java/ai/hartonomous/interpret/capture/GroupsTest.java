package ai.hartonomous.interpret.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupsTest {
  private static final ModelConfig CAUSAL = Tiny.llama(1).config();

  @TempDir private Path folder;

  @Test
  void packedDocumentsShareSequencesAndTheRestIsLeftOut() throws IOException {
    Packing packing =
        new Packing(Packing.Form.PACKED, 4, OptionalInt.of(1), OptionalInt.empty(), 0, Set.of());

    List<Group> groups = groups("3 4\n5 6 7 8 9\n10", packing, CAUSAL, 8);

    // 1 3 4 1 | 5 6 7 8 | 9 1 10: both whole sequences in one pass; begin tokens do not count.
    assertThat(groups).hasSize(1);
    assertThat(groups.getFirst().batch().ids()).containsExactly(1, 3, 4, 1, 5, 6, 7, 8);
    assertThat(groups.getFirst().rows()).containsExactly(1, 2, 4, 5, 6, 7);
    assertThat(groups.getFirst().targets()).containsExactly(3, 4, -1, -1, 6, 7, 8, -1);
  }

  @Test
  void separatedDocumentsBeginAnewAndPaddingDoesNotCount() throws IOException {
    Packing packing = Packing.separated(4, new LetterTokenizer(true));

    List<Group> groups = groups("3 4 5 6 7\n8\n9 9 9", packing, CAUSAL, 8);

    // Documents after a begin token of their own: 1 3 4 5 | 1 6 7, then 1 8 | 1 9 9 9.
    assertThat(groups).hasSize(2);
    assertThat(groups.get(0).batch().ids()).containsExactly(1, 3, 4, 5, 1, 6, 7, 0);
    assertThat(groups.get(0).lengths()).containsExactly(4, 3);
    assertThat(groups.get(0).rows()).containsExactly(1, 2, 3, 5, 6);
    assertThat(groups.get(0).targets()).containsExactly(3, 4, 5, -1, 6, 7, -1, -1);
    assertThat(groups.get(1).batch().ids()).containsExactly(1, 8, 0, 0, 1, 9, 9, 9);
    assertThat(groups.get(1).sequence(groups.get(1).rows()[1])).isOne();
  }

  @Test
  void leavesOutLeadingPositionsAndNamedIds() throws IOException {
    Packing packing =
        new Packing(
            Packing.Form.SEPARATED, 6, OptionalInt.empty(), OptionalInt.of(2), 2, Set.of(9));

    Group group = groups("3 4 5 9 6", packing, CAUSAL, 8).getFirst();

    assertThat(group.batch().ids()).containsExactly(3, 4, 5, 9, 6, 2);
    assertThat(group.rows()).containsExactly(2, 4);
    assertThat(group.targets()).containsExactly(-1, 5, -1, 6, -1, -1);
  }

  @Test
  void modelsThatReadBothWaysGetNoPadding() throws IOException {
    Packing packing = Packing.separated(4, new LetterTokenizer(false));

    List<Group> groups = groups("3 4 5 6\n7 8", packing, Tiny.toy(1).config(), 8);

    assertThat(groups).hasSize(2);
    assertThat(groups.get(1).batch().ids()).containsExactly(7, 8);
  }

  @Test
  void refusesWhatTheModelCannotRead() {
    Packing packing = Packing.separated(8, new LetterTokenizer(false));

    assertThatThrownBy(() -> groups("3 4\n3 17", packing, CAUSAL, 8))
        .isInstanceOf(IOException.class)
        .hasMessage("corpus, sequence 1: token id 17, the model has 17");
    Packing tooLong = Packing.separated(25, new LetterTokenizer(false));
    assertThatThrownBy(() -> groups("3 4", tooLong, CAUSAL, 8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the model has 24 positions");
  }

  private List<Group> groups(String ids, Packing packing, ModelConfig config, int tokens)
      throws IOException {
    Path file = Files.writeString(folder.resolve("ids"), ids);
    Corpus corpus = Corpus.ofIds(List.of(new DocumentSource.TokenIds(file)));
    List<Group> all = new ArrayList<>();
    try (var groups = new Groups(corpus, packing, config, tokens)) {
      for (Optional<Group> next = groups.next(); next.isPresent(); next = groups.next()) {
        all.add(next.get());
      }
    }
    return all;
  }
}
