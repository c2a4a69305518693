package ai.hartonomous.platform.inference;

import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.platform.web.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The prompts of a completion request: a text, the ids of one, or a list of either.
final class Prompts {

  private Prompts() {}

  /// {@return each prompt by itself}
  ///
  /// @param prompt the field of the request
  /// @throws ai.hartonomous.platform.web.ProblemException if it is nothing of that, or too many
  static List<JsonNode> of(@Nullable JsonNode prompt) {
    return of("prompt", prompt, Parameters.MOST_ANSWERS);
  }

  /// {@return each text by itself}
  ///
  /// @param field name of the field
  /// @param prompt the field of the request
  /// @param most how many there may be
  /// @throws ai.hartonomous.platform.web.ProblemException if it is nothing of that, or too many
  static List<JsonNode> of(String field, @Nullable JsonNode prompt, int most) {
    if (prompt != null && (prompt.isString() || isIds(prompt))) {
      return List.of(prompt);
    }
    if (prompt == null
        || !prompt.isArray()
        || prompt.isEmpty()
        || !prompt.valueStream().allMatch(it -> it.isString() || isIds(it))) {
      throw Problem.invalid(field, "must be a text, token ids, or a list of either");
    }
    if (prompt.size() > most) {
      throw Problem.invalid(field, "must be at most %d".formatted(most));
    }
    return prompt.valueStream().toList();
  }

  private static boolean isIds(JsonNode node) {
    return node.isArray() && !node.isEmpty() && node.valueStream().allMatch(JsonNode::isInt);
  }

  /// {@return the text of a prompt}
  static String text(JsonNode prompt, Tokenizer tokenizer) {
    return prompt.isString() ? prompt.asString() : tokenizer.decode(ids(prompt, tokenizer));
  }

  /// {@return the ids of a prompt}
  ///
  /// @throws ai.hartonomous.platform.web.ProblemException if it has none, or an id that is not in
  ///   the vocabulary
  static int[] ids(JsonNode prompt, Tokenizer tokenizer) {
    return ids("prompt", prompt, tokenizer);
  }

  /// {@return the ids of a text}
  ///
  /// @param field name of the field
  /// @throws ai.hartonomous.platform.web.ProblemException if it has none, or an id that is not in
  ///   the vocabulary
  static int[] ids(String field, JsonNode prompt, Tokenizer tokenizer) {
    if (prompt.isString()) {
      return encode(field, prompt.asString(), tokenizer);
    }
    List<Integer> ids = new ArrayList<>();
    for (JsonNode id : prompt) {
      if (id.asInt() < 0 || id.asInt() >= tokenizer.vocabularySize()) {
        throw Problem.invalid(field, "%d is no token of this agent".formatted(id.asInt()));
      }
      ids.add(id.asInt());
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  /// {@return the ids of a text, after the begin token where the model expects one}
  ///
  /// @throws ai.hartonomous.platform.web.ProblemException if part of the text has no token
  static int[] encode(String text, Tokenizer tokenizer) {
    return encode("prompt", text, tokenizer);
  }

  private static int[] encode(String field, String text, Tokenizer tokenizer) {
    try {
      return tokenizer.encodePrompt(text);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid(field, String.valueOf(e.getMessage()));
    }
  }
}
