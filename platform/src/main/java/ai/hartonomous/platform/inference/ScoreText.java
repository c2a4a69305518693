package ai.hartonomous.platform.inference;

import ai.hartonomous.model.generate.TokenScore;
import ai.hartonomous.model.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Scores of tokens in the two forms that OpenAI's interface has.
final class ScoreText {

  private ScoreText() {}

  /// {@return the form of chats}
  static Map<String, Object> chat(List<TokenScore> scores, Tokenizer tokenizer) {
    List<Map<String, Object>> content = new ArrayList<>();
    for (TokenScore score : scores) {
      Map<String, Object> entry = entry(score.id(), score.logProbability(), tokenizer);
      entry.put(
          "top_logprobs",
          score.alternatives().stream()
              .map(it -> entry(it.id(), it.logProbability(), tokenizer))
              .toList());
      content.add(entry);
    }
    return Map.of("content", content);
  }

  private static Map<String, Object> entry(int id, double logProbability, Tokenizer tokenizer) {
    String text = tokenizer.token(id);
    List<Integer> bytes = new ArrayList<>();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      bytes.add(Byte.toUnsignedInt(b));
    }
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("token", text);
    entry.put("logprob", logProbability);
    entry.put("bytes", bytes);
    return entry;
  }

  /// {@return the form of completions}
  ///
  /// @param first the first token of an echoed prompt, which has no score, or null
  /// @param scores of the tokens after it
  /// @param offset characters before the first token
  static Map<String, Object> completion(
      @Nullable Integer first, List<TokenScore> scores, int offset, Tokenizer tokenizer) {
    List<String> tokens = new ArrayList<>();
    List<@Nullable Double> numbers = new ArrayList<>();
    List<@Nullable Map<String, Double>> tops = new ArrayList<>();
    if (first != null) {
      tokens.add(tokenizer.token(first));
      numbers.add(null);
      tops.add(null);
    }
    for (TokenScore score : scores) {
      tokens.add(tokenizer.token(score.id()));
      numbers.add(score.logProbability());
      Map<String, Double> top = new LinkedHashMap<>();
      score
          .alternatives()
          .forEach(it -> top.putIfAbsent(tokenizer.token(it.id()), it.logProbability()));
      tops.add(top);
    }
    List<Integer> offsets = new ArrayList<>();
    int at = offset;
    for (String token : tokens) {
      offsets.add(at);
      at += token.length();
    }
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("tokens", tokens);
    form.put("token_logprobs", numbers);
    form.put("top_logprobs", tops);
    form.put("text_offset", offsets);
    return form;
  }
}
