package ai.hartonomous.platform.inference;

import ai.hartonomous.distill.route.Router.Choice;
import ai.hartonomous.model.generate.Generation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The answer objects of OpenAI's interface, all with one id and one time.
///
/// @param kind chat or completion
/// @param id id of the answer
/// @param created Unix time in seconds
/// @param model as the client named it
/// @param choice which expert answers, or null where there is one model
record Wire(Kind kind, String id, long created, String model, @Nullable Choice choice) {

  /// The two kinds of answer.
  enum Kind {
    /// `/chat/completions`.
    CHAT("chatcmpl-", "chat.completion", "chat.completion.chunk"),
    /// `/completions`.
    TEXT("cmpl-", "text_completion", "text_completion");

    private final String prefix;
    private final String whole;
    private final String chunk;

    Kind(String prefix, String whole, String chunk) {
      this.prefix = prefix;
      this.whole = whole;
      this.chunk = chunk;
    }
  }

  static Wire of(Kind kind, String model, long created, @Nullable Choice choice) {
    String id = kind.prefix + UUID.randomUUID().toString().replace("-", "");
    return new Wire(kind, id, created, model, choice);
  }

  /// {@return the whole answer}
  Map<String, Object> whole(Generation answer) {
    Map<String, Object> entry = entry(answer.reason().label());
    switch (kind) {
      case CHAT -> entry.put("message", Map.of("role", "assistant", "content", answer.text()));
      case TEXT -> entry.put("text", answer.text());
    }
    Map<String, Object> body = body(kind.whole, List.of(entry));
    body.put("usage", usage(answer));
    return routed(body);
  }

  /// {@return the first chunk of a chat: who speaks}
  Map<String, Object> role() {
    Map<String, Object> entry = entry(null);
    entry.put("delta", Map.of("role", "assistant", "content", ""));
    return body(kind.chunk, List.of(entry));
  }

  /// {@return a chunk of text}
  Map<String, Object> part(String text) {
    Map<String, Object> entry = entry(null);
    switch (kind) {
      case CHAT -> entry.put("delta", Map.of("content", text));
      case TEXT -> entry.put("text", text);
    }
    return body(kind.chunk, List.of(entry));
  }

  /// {@return the chunk that tells why the answer ended}
  Map<String, Object> finish(Generation answer) {
    Map<String, Object> entry = entry(answer.reason().label());
    switch (kind) {
      case CHAT -> entry.put("delta", Map.of());
      case TEXT -> entry.put("text", "");
    }
    return routed(body(kind.chunk, List.of(entry)));
  }

  /// {@return the chunk without choices that tells the usage}
  Map<String, Object> usageChunk(Generation answer) {
    Map<String, Object> body = body(kind.chunk, List.of());
    body.put("usage", usage(answer));
    return body;
  }

  /// {@return a body that says which expert answered, where there are several}
  private Map<String, Object> routed(Map<String, Object> body) {
    if (choice != null) {
      body.put(
          "hartonomous",
          Map.of(
              "expert", choice.name(),
              "confidence", choice.confidence(),
              "known", choice.known()));
    }
    return body;
  }

  private Map<String, Object> body(String object, List<Map<String, Object>> choices) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("id", id);
    body.put("object", object);
    body.put("created", created);
    body.put("model", model);
    body.put("choices", choices);
    return body;
  }

  private static Map<String, Object> entry(@Nullable String reason) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("index", 0);
    entry.put("logprobs", null);
    entry.put("finish_reason", reason);
    return entry;
  }

  private static Map<String, Object> usage(Generation answer) {
    int prompt = answer.promptTokens();
    int completion = answer.ids().length;
    return Map.of(
        "prompt_tokens",
        prompt,
        "completion_tokens",
        completion,
        "total_tokens",
        prompt + completion);
  }
}
