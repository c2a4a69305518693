package ai.hartonomous.distill.capability;

import java.util.List;
import java.util.Optional;

/// How a text that a model writes is ended and read. The answer is right if, after all filters, the
/// model's text is the expected one; the filters read both.
///
/// @param until texts that end it, besides the model's end token; they do not count as written
/// @param maxTokens most tokens to write; 0 for as many as the answer needs twice, and 8 more
/// @param filters applied to the text one after the other
public record Completion(List<String> until, int maxTokens, List<Filter> filters) {
  /// Largest `maxTokens`.
  public static final int MOST_TOKENS = 4096;

  /// Most texts that end it, and most filters.
  public static final int MOST_PARTS = 16;

  /// One line, without blanks around it.
  public static final Completion LINE = new Completion(List.of("\n"), 0, List.of());

  /// Copies the lists.
  ///
  /// @throws IllegalArgumentException if a number is out of range or a text empty
  public Completion {
    until = List.copyOf(until);
    filters = List.copyOf(filters);
    if (maxTokens < 0 || maxTokens > MOST_TOKENS) {
      throw new IllegalArgumentException(
          "field \"max_tokens\": expected 0 to %d, found %d".formatted(MOST_TOKENS, maxTokens));
    }
    if (until.size() > MOST_PARTS || filters.size() > MOST_PARTS) {
      throw new IllegalArgumentException(
          "expected at most %d entries in \"until\" and \"filters\"".formatted(MOST_PARTS));
    }
    if (until.contains("")) {
      throw new IllegalArgumentException("field \"until\": expected texts, found an empty one");
    }
  }

  /// {@return what is compared: the text without blanks around it, after the filters, or nothing
  /// where a filter finds nothing}
  ///
  /// @param text written by the model, or expected
  public Optional<String> read(String text) {
    Optional<String> read = Optional.of(text.strip());
    for (Filter filter : filters) {
      read = read.flatMap(filter::apply);
    }
    return read.map(String::strip);
  }

  /// {@return the text up to the first of the ends in it, if there is one. Blanks in front are left
  /// out first, so that a line break there does not end it.}
  ///
  /// @param text written so far
  Optional<String> ended(String text) {
    String body = text.stripLeading();
    int end = Integer.MAX_VALUE;
    for (String stop : until) {
      int at = body.indexOf(stop);
      end = at < 0 ? end : Math.min(end, at);
    }
    return end == Integer.MAX_VALUE ? Optional.empty() : Optional.of(body.substring(0, end));
  }

  /// Refuses an answer that could not be read whole.
  void requireWhole(String answer) {
    if (ended(answer.strip()).isPresent()) {
      throw new IllegalArgumentException(
          until.equals(List.of("\n"))
              ? "field \"answer\" has more than one line"
              : "field \"answer\" has a text that would end it");
    }
    if (read(answer).isEmpty()) {
      throw new IllegalArgumentException("the filters find nothing in field \"answer\"");
    }
  }
}
