package ai.hartonomous.model.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.tokenizer.EmbeddedVocabulary;
import ai.hartonomous.model.tokenizer.EmbeddedVocabulary.Marks;
import ai.hartonomous.model.tokenizer.Piece;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.tokenizer.Tokenizers;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswersTest {

  private final Kernels kernels = Kernels.of(1);

  @AfterEach
  void close() {
    kernels.close();
  }

  private static List<int[]> prompts(int count, int vocabulary) {
    var random = new SplittableRandom(5);
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      prompts.add(random.ints(1 + random.nextInt(8), 0, vocabulary).toArray());
    }
    return prompts;
  }

  @ParameterizedTest(name = "{0} side by side")
  @ValueSource(ints = {1, 3, 64})
  void answersAreThoseOfOnePromptAtATime(int width) throws Exception {
    Model model = Tiny.mistral(4);
    var transformer = new Transformer(model, kernels);
    int vocabulary = model.config().extents().vocabulary();
    Tokenizer tokenizer = Letters.tokenizer(vocabulary);
    List<int[]> prompts = prompts(20, vocabulary);
    BitSet stops = new BitSet();
    stops.set(2);

    List<int[]> answers = new Answers(transformer, width).continuations(prompts, 10, stops);

    var generator = new Generator(transformer, tokenizer);
    for (int i = 0; i < prompts.size(); i++) {
      var request =
          new GenerationRequest(prompts.get(i), Sampling.GREEDY, 10, List.of(), Set.of(2));
      int[] alone = generator.generate(request, Generator.Listener.NONE).ids();
      int[] expected = alone.length < 10 ? append(alone, 2) : alone;
      assertThat(answers.get(i)).as("prompt %d", i).containsExactly(expected);
    }
  }

  private static int[] append(int[] ids, int id) {
    int[] longer = Arrays.copyOf(ids, ids.length + 1);
    longer[ids.length] = id;
    return longer;
  }

  @Test
  void textEndsAtTheFirstLineBreak() throws Exception {
    Model model = Tiny.mistral(4);
    var transformer = new Transformer(model, kernels);
    int[] prompt = {0, 1};
    int[] ids =
        new Answers(transformer, 1).continuations(List.of(prompt), 15, new BitSet()).getFirst();
    int last = ids[5];
    Tokenizer tokenizer = withLineBreak(model.config().extents().vocabulary(), last);

    List<String> answers = new Answers(transformer, 4).answer(tokenizer, List.of("ab"), 15);

    String whole = tokenizer.decode(ids);
    assertThat(whole.indexOf('\n')).isPositive();
    assertThat(answers).containsExactly(whole.substring(0, whole.indexOf('\n')));
  }

  /// As {@link Letters}, with a line break behind one letter.
  private static Tokenizer withLineBreak(int size, int broken) throws IOException {
    List<Piece> pieces = new ArrayList<>();
    for (int id = 0; id < size; id++) {
      String letter = Character.toString('a' + id);
      pieces.add(new Piece(id == broken ? letter + "\n" : letter, 0, Piece.Type.NORMAL));
    }
    return Tokenizers.of(
        new EmbeddedVocabulary(
            "llama", null, pieces, List.of(), new Marks(-1, -1, -1, false, false)),
        Path.of("lines.gguf"));
  }

  @Test
  void refusesAPromptThatFillsTheContext() {
    Model model = Tiny.llama(4);
    var answers = new Answers(new Transformer(model, kernels), 2);
    int[] prompt = new int[model.config().extents().positions()];

    assertThatThrownBy(() -> answers.continuations(List.of(prompt), 3, new BitSet()))
        .isInstanceOf(PromptTooLongException.class);
  }
}
