package ai.hartonomous.model.tokenizer;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Patterns that cut a text before its parts are merged, by the names GGUF files give them
/// (`tokenizer.ggml.pre`).
final class Cuts {

  private static final String CONTRACTIONS = "'s|'t|'re|'ve|'m|'ll|'d";
  private static final String SPACES = "\\s+(?!\\S)|\\s+";

  private static final Pattern GPT2 =
      pattern(CONTRACTIONS + "| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|" + SPACES);
  private static final Pattern LLAMA3 = modern("\\p{N}{1,3}");
  private static final Pattern QWEN2 = modern("\\p{N}");

  private Cuts() {}

  private static Pattern modern(String digits) {
    return pattern(
        ("(?i:%s)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|%s| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                + "|\\s*[\\r\\n]+|%s")
            .formatted(CONTRACTIONS, digits, SPACES));
  }

  private static Pattern pattern(String text) {
    return Pattern.compile(text, Pattern.UNICODE_CHARACTER_CLASS);
  }

  /// {@return the name of a pattern as Hugging Face writes it, if it has one}
  ///
  /// @param pattern regular expression of a `Split`
  static Optional<String> name(String pattern) {
    if (pattern.equals(GPT2.pattern())) {
      return Optional.of("gpt-2");
    }
    if (pattern.equals(LLAMA3.pattern())) {
      return Optional.of("llama-bpe");
    }
    return pattern.equals(QWEN2.pattern()) ? Optional.of("qwen2") : Optional.empty();
  }

  /// {@return the pattern of this name, if it is known}
  ///
  /// @param name as in the file; null and `default` are GPT-2's
  static Optional<Pattern> named(@Nullable String name) {
    return switch (name) {
      case null -> Optional.of(GPT2);
      case "default", "gpt-2", "gpt2", "gpt-neox", "phi-2", "olmo", "mpt" -> Optional.of(GPT2);
      case "llama-bpe", "llama3", "llama-v3" -> Optional.of(LLAMA3);
      case "qwen2", "deepseek-r1-qwen" -> Optional.of(QWEN2);
      default -> Optional.empty();
    };
  }
}
