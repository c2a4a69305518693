package ai.hartonomous.distill.evaluate;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.MeasuredText;
import ai.hartonomous.distill.capability.SuiteException;
import ai.hartonomous.distill.capability.Task;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;

/// The items that evidence is measured on.
///
/// @param ids names of the items, in the order of the suite
/// @param examples the same as tokens
public record EvidenceItems(List<String> ids, List<Example> examples) {
  /// Most items.
  public static final int MOST = 128;

  private static final int LEAST = 32;
  private static final int MOST_PASSES = 1 << 15;

  /// Copies the lists.
  public EvidenceItems {
    ids = List.copyOf(ids);
    examples = List.copyOf(examples);
  }

  /// Chooses items: up to 128; of large agents fewer, so that components times items stay below
  /// 32,768, but 32 at least.
  ///
  /// @param heldOut items to choose from, at least one
  /// @param components components to measure
  /// @param reader encodes for the agent
  /// @param seed decides the choice
  /// @return the items
  /// @throws SuiteException if an item does not fit the agent
  public static EvidenceItems choose(
      List<CapabilityItem> heldOut, int components, Reader reader, long seed)
      throws SuiteException {
    int count = Math.clamp(MOST_PASSES / Math.max(1, components), LEAST, MOST);
    List<CapabilityItem> shuffled = new ArrayList<>(heldOut);
    Collections.shuffle(shuffled, Random.from(new SplittableRandom(seed)));
    Set<CapabilityItem> chosen =
        new HashSet<>(shuffled.subList(0, Math.min(count, shuffled.size())));
    return of(heldOut.stream().filter(chosen::contains).toList(), reader);
  }

  /// What encodes items.
  ///
  /// @param tokenizer of the agent
  /// @param context longest sequence it reads, in tokens
  public record Reader(Tokenizer tokenizer, int context) {}

  /// {@return items as tokens: what is generated as prompt, answer, and what ends it; of all others
  /// the tokens whose likelihood is measured}
  ///
  /// @param items items whose texts the tokenizer can express
  /// @param reader encodes for the agent
  /// @throws SuiteException if an item does not fit the agent
  public static EvidenceItems of(List<CapabilityItem> items, Reader reader) throws SuiteException {
    var measured = new MeasuredText(reader.tokenizer(), reader.context());
    List<Example> examples = new ArrayList<>();
    for (CapabilityItem item : items) {
      if (item.task() instanceof Task.Generation) {
        examples.add(example(item, reader.tokenizer()));
      } else {
        MeasuredText.Tokens tokens = measured.tokens(item);
        int[] ids = tokens.ids();
        examples.add(
            Example.of(
                Arrays.copyOf(ids, tokens.from()),
                Arrays.copyOfRange(ids, tokens.from(), ids.length)));
      }
    }
    return new EvidenceItems(items.stream().map(CapabilityItem::id).toList(), examples);
  }

  private static Example example(CapabilityItem item, Tokenizer tokenizer) {
    int[] answer = tokenizer.encode(item.answer());
    int[] end =
        tokenizer.endId().isPresent()
            ? new int[] {tokenizer.endId().getAsInt()}
            : tokenizer.encode("\n");
    int[] all = Arrays.copyOf(answer, answer.length + end.length);
    System.arraycopy(end, 0, all, answer.length, end.length);
    return Example.of(tokenizer.encodePrompt(item.prompt()), all);
  }
}
