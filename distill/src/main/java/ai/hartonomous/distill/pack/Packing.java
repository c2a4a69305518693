package ai.hartonomous.distill.pack;

import ai.hartonomous.model.checkpoint.Dtype;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What an agent's folder holds beside the Hugging Face files.
///
/// @param gguf number formats of the GGUF files, without repetition; of F32, F16, Q8_0 and Q4_0
/// @param vocabulary which tokens the agent has
public record Packing(List<Dtype> gguf, Vocabulary vocabulary) {

  /// Which tokens an agent has.
  public enum Vocabulary {
    /// All of its source.
    WHOLE,
    /// Those that the calibration items of the target suite use, and what a {@link
    /// ai.hartonomous.distill.prune.VocabularyCut} keeps besides.
    USED
  }

  private static final Set<Dtype> FORMATS =
      EnumSet.of(Dtype.F32, Dtype.F16, Dtype.Q8_0, Dtype.Q4_0);

  /// No GGUF file.
  public static final Packing NONE = new Packing(List.of());

  /// One GGUF file in Q8_0: it opens in llama.cpp and what is built on it, takes about half the
  /// bytes of the BF16 files, and what it loses is measured and stated.
  public static final Packing USUAL = new Packing(List.of(Dtype.Q8_0));

  /// Packs the whole vocabulary.
  ///
  /// @param gguf number formats of the GGUF files
  /// @throws IllegalArgumentException if a format is repeated or none that is packed
  public Packing(List<Dtype> gguf) {
    this(gguf, Vocabulary.WHOLE);
  }

  /// {@return the same with another vocabulary}
  ///
  /// @param other which tokens the agent has
  public Packing withVocabulary(Vocabulary other) {
    return new Packing(gguf, other);
  }

  /// Sorts and copies the list.
  ///
  /// @throws IllegalArgumentException if a format is repeated or none that is packed
  public Packing {
    for (Dtype dtype : gguf) {
      if (!FORMATS.contains(dtype)) {
        throw new IllegalArgumentException(
            "GGUF files are packed in %s, not %s".formatted(FORMATS, dtype));
      }
    }
    List<Dtype> sorted = gguf.stream().distinct().sorted().toList();
    if (sorted.size() != gguf.size()) {
      throw new IllegalArgumentException("a format is named twice in " + gguf);
    }
    gguf = sorted;
  }

  /// {@return what a list such as `f32,q8_0` asks for}
  ///
  /// @param list names with commas between, in any case; `none` for no file
  /// @throws IllegalArgumentException naming the word that is no format
  public static Packing parse(String list) {
    if (list.strip().equalsIgnoreCase("none")) {
      return NONE;
    }
    return new Packing(List.of(list.split(",", -1)).stream().map(Packing::format).toList());
  }

  private static Dtype format(String word) {
    for (Dtype dtype : FORMATS) {
      if (dtype.name().equalsIgnoreCase(word.strip())) {
        return dtype;
      }
    }
    throw new IllegalArgumentException(
        "\"%s\" is none of %s".formatted(word, FORMATS.toString().toLowerCase(Locale.ROOT)));
  }
}
