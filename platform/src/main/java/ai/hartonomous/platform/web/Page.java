package ai.hartonomous.platform.web;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Part of a list, with the way to the next part.
///
/// @param <T> kind of item
/// @param items in stable order
/// @param next value for the parameter `cursor` that continues the list, or null at its end
public record Page<T>(List<T> items, @Nullable String next) {

  /// Most items in one page.
  public static final int MAX_LIMIT = 500;

  /// Copies the list.
  public Page {
    items = List.copyOf(items);
  }

  /// {@return a page of at most `limit` items, given one more than that where there are more}
  ///
  /// @param <R> kind of row
  /// @param <T> kind of item
  /// @param rows up to `limit + 1` rows
  /// @param limit most items wanted
  /// @param view makes an item of a row
  /// @param key makes the cursor of the last row
  public static <R, T> Page<T> of(
      List<R> rows, int limit, Function<R, T> view, Function<R, Object> key) {
    if (rows.size() <= limit) {
      return new Page<>(rows.stream().map(view).toList(), null);
    }
    List<R> shown = rows.subList(0, limit);
    String last = key.apply(shown.getLast()).toString();
    String next =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(last.getBytes(StandardCharsets.UTF_8));
    return new Page<>(shown.stream().map(view).toList(), next);
  }

  /// {@return `limit` itself}
  ///
  /// @param limit wanted number of items
  /// @throws ProblemException if it is not 1 to {@link #MAX_LIMIT}
  public static int checkedLimit(int limit) {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw Problem.invalid("limit", "must be 1 to " + MAX_LIMIT);
    }
    return limit;
  }

  /// {@return the id after which a list continues; the smallest one without a cursor}
  ///
  /// @param cursor what a former page named as its next, or null
  /// @throws ProblemException if it is not such a text
  public static UUID idAfter(@Nullable String cursor) {
    return cursor == null ? new UUID(0, 0) : parse(cursor, UUID::fromString);
  }

  /// {@return the number after which a list continues; -1 without a cursor}
  ///
  /// @param cursor what a former page named as its next, or null
  /// @throws ProblemException if it is not such a text
  public static long numberAfter(@Nullable String cursor) {
    return cursor == null ? -1 : parse(cursor, Long::valueOf);
  }

  /// {@return the name after which a list continues; the empty one without a cursor}
  ///
  /// @param cursor what a former page named as its next, or null
  /// @throws ProblemException if it is not such a text
  public static String nameAfter(@Nullable String cursor) {
    return cursor == null ? "" : parse(cursor, Page::name);
  }

  /// Not every database can compare a text with control characters in it.
  private static String name(String text) {
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("control characters");
    }
    return text;
  }

  private static <K> K parse(String cursor, Function<String, K> parser) {
    try {
      return parser.apply(
          new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException _) {
      throw Problem.invalid("cursor", "is not one that a page named as its next");
    }
  }
}
