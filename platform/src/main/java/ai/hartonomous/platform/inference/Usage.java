package ai.hartonomous.platform.inference;

import ai.hartonomous.model.generate.Generation;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Tokens that a request took. A prompt counts once, however many answers it gets.
///
/// @param prompt tokens of the prompts
/// @param cached how many of them had been read before
/// @param completion tokens of the answers
record Usage(int prompt, int cached, int completion) {

  /// {@return the usage of answers}
  ///
  /// @param answers in the order of the prompts, all answers to one prompt together
  /// @param each answers to each prompt
  static Usage of(List<Generation> answers, int each) {
    int prompt = 0;
    int cached = 0;
    int completion = 0;
    for (int i = 0; i < answers.size(); i++) {
      Generation answer = answers.get(i);
      boolean first = i % each == 0;
      prompt += first ? answer.prompt().tokens() : 0;
      cached += first ? answer.prompt().cached() : 0;
      completion += answer.ids().length;
    }
    return new Usage(prompt, cached, completion);
  }

  /// {@return the object `usage` of OpenAI's interface}
  Map<String, Object> json() {
    return Map.of(
        "prompt_tokens",
        prompt,
        "completion_tokens",
        completion,
        "total_tokens",
        prompt + completion,
        "prompt_tokens_details",
        Map.of("cached_tokens", cached));
  }

  /// {@return the object `timings` of llama.cpp's server, of one answer}
  static Map<String, Object> timings(Generation answer) {
    Map<String, Object> timings = new LinkedHashMap<>();
    int read = answer.prompt().tokens() - answer.prompt().cached();
    int written = answer.ids().length;
    timings.put("wait_ms", millis(answer.timings().waiting()));
    timings.put("cache_n", answer.prompt().cached());
    timings.put("prompt_n", read);
    timings.put("prompt_ms", millis(answer.timings().prompt()));
    timings.put("prompt_per_second", rate(read, answer.timings().prompt()));
    timings.put("predicted_n", written);
    timings.put("predicted_ms", millis(answer.timings().tokens()));
    timings.put("predicted_per_second", rate(written, answer.timings().tokens()));
    return timings;
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }

  private static double rate(int tokens, Duration duration) {
    return duration.isZero() ? 0 : tokens / (duration.toNanos() / 1e9);
  }
}
