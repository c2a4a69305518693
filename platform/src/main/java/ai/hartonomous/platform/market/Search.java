package ai.hartonomous.platform.market;

import ai.hartonomous.platform.web.Problem;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/// What to look for in the marketplace: all conditions together, those that are null not at all.
///
/// @param text words, each of which is in name, title, summary or card; at most 8
/// @param publisher name of a publisher
/// @param architecture family of a model, such as `llama`
/// @param capability name of a capability that was measured
/// @param licence under which it is passed on
/// @param currency ISO 4217, of the price
/// @param maxPrice most that a million tokens in, a million out and a thousand requests of one
///   month cost; needs `currency`
/// @param maxParameters most trainable numbers
/// @param maxSizeBytes most bytes of weights
/// @param minScore least share of right items of the capability, or of any without one
/// @param minKept least share of the source's figure that was kept, likewise
record Search(
    @Nullable String text,
    @Nullable String publisher,
    @Nullable String architecture,
    @Nullable String capability,
    @Nullable String licence,
    @Nullable String currency,
    @Nullable BigDecimal maxPrice,
    @Nullable Long maxParameters,
    @Nullable Long maxSizeBytes,
    @Nullable BigDecimal minScore,
    @Nullable BigDecimal minKept) {

  private static final int MOST_WORDS = 8;
  private static final int MOST_LETTERS = 200;
  private static final BigDecimal MOST = new BigDecimal("1e15");
  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{0,50}");

  /// {@return these conditions}
  ///
  /// @throws ai.hartonomous.platform.web.ProblemException if one of them is no such thing
  Search checked() {
    text("text", text);
    text("publisher", publisher);
    text("architecture", architecture);
    text("capability", capability);
    text("licence", licence);
    text("currency", currency);
    number("maxPrice", maxPrice);
    number("minScore", minScore);
    number("minKept", minKept);
    if (maxPrice != null && currency == null) {
      throw Problem.invalid("currency", "is needed beside maxPrice");
    }
    if (words(text).size() > MOST_WORDS) {
      throw Problem.invalid("text", "must be at most %d words".formatted(MOST_WORDS));
    }
    return this;
  }

  private static void text(String field, @Nullable String value) {
    if (value != null
        && (value.length() > MOST_LETTERS || value.chars().anyMatch(Character::isISOControl))) {
      throw Problem.invalid(
          field, "must be at most %d letters, no control characters".formatted(MOST_LETTERS));
    }
  }

  private static void number(String field, @Nullable BigDecimal value) {
    if (value != null && (value.abs().compareTo(MOST) > 0 || value.scale() > 12)) {
      throw Problem.invalid(field, "must be a decimal below 1e15 with at most 12 digits");
    }
  }

  /// Where a page ends: the name of its last listing.
  record Place(String publisher, String name) {

    static final Place BEGIN = new Place("", "");

    /// {@return the place that a cursor names}
    ///
    /// @throws ai.hartonomous.platform.web.ProblemException if it names none
    static Place after(@Nullable String cursor) {
      if (cursor == null) {
        return BEGIN;
      }
      try {
        byte[] bytes = Base64.getUrlDecoder().decode(cursor);
        String[] parts = new String(bytes, StandardCharsets.UTF_8).split("/", -1);
        if (parts.length == 2 && Stream.of(parts).allMatch(it -> NAME.matcher(it).matches())) {
          return new Place(parts[0], parts[1]);
        }
      } catch (IllegalArgumentException _) {
        // answered below
      }
      throw Problem.invalid("cursor", "is not one that a page named as its next");
    }

    @Override
    public String toString() {
      return publisher + "/" + name;
    }
  }

  /// {@return the condition of the statement: offered to the viewer, no newer version is, and all
  /// that is looked for}
  String condition() {
    List<String> all = new ArrayList<>();
    all.add(Catalogue.offered("L"));
    all.add(
        "not exists (select 1 from listing n where n.publisher = L.publisher and n.name = L.name"
            + " and n.version > L.version and "
            + Catalogue.offered("n")
            + ")");
    for (int i = 0; i < words(text).size(); i++) {
      String like = " like :word%d escape '!'".formatted(i);
      all.add(
          Stream.of("lower(L.title)", "lower(L.summary)", "lower(L.card)", "lower(p.name)")
              .map(it -> it + like)
              .collect(
                  Collectors.joining(
                      " or ", "(", " or L.name%1$s or L.publisher%1$s)".formatted(like))));
    }
    if (architecture != null) {
      all.add(fact("ARCHITECTURE", "f.name = :architecture"));
    }
    if (licence != null) {
      all.add(fact("LICENCE", "f.name = :licence"));
    }
    measured(all);
    plain(all);
    return String.join(" and ", all);
  }

  private void measured(List<String> all) {
    if (capability == null && minScore == null && minKept == null) {
      return;
    }
    List<String> conditions = new ArrayList<>();
    if (capability != null) {
      conditions.add("f.name = :capability");
    }
    if (minScore != null) {
      conditions.add("f.score >= :minScore");
    }
    if (minKept != null) {
      conditions.add("f.kept >= :minKept");
    }
    all.add(fact("CAPABILITY", String.join(" and ", conditions)));
  }

  private void plain(List<String> all) {
    if (publisher != null) {
      all.add("L.publisher = :publisher");
    }
    if (currency != null) {
      all.add("L.currency = :currency");
    }
    if (maxPrice != null) {
      all.add("L.reference_price <= :maxPrice");
    }
    if (maxParameters != null) {
      all.add("L.parameters <= :maxParameters");
    }
    if (maxSizeBytes != null) {
      all.add("L.size_bytes <= :maxSizeBytes");
    }
  }

  private static String fact(String kind, String condition) {
    return "exists (select 1 from listing_fact f where f.listing_id = L.id and f.kind = '%s' and %s)"
        .formatted(kind, condition);
  }

  /// {@return the statement with the values of the condition}
  StatementSpec bind(StatementSpec statement) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("architecture", architecture);
    values.put("capability", capability);
    values.put("licence", licence == null ? null : licence.toLowerCase(Locale.ROOT));
    values.put("publisher", publisher);
    values.put("currency", currency);
    values.put("maxPrice", maxPrice);
    values.put("maxParameters", maxParameters);
    values.put("maxSizeBytes", maxSizeBytes);
    values.put("minScore", minScore);
    values.put("minKept", minKept);
    List<String> words = words(text);
    for (int i = 0; i < words.size(); i++) {
      values.put("word" + i, words.get(i));
    }
    StatementSpec bound = statement;
    for (var value : values.entrySet()) {
      if (value.getValue() != null) {
        bound = bound.param(value.getKey(), value.getValue());
      }
    }
    return bound;
  }

  /// {@return patterns of the words of a text}
  private static List<String> words(@Nullable String text) {
    if (text == null) {
      return List.of();
    }
    return Stream.of(text.toLowerCase(Locale.ROOT).strip().split("\\s+", -1))
        .filter(it -> !it.isEmpty())
        // A bracket begins a set on SQL Server only, and may be escaped there only.
        .map(it -> "%" + it.replaceAll("[!%_]", "!$0").replace('[', '_') + "%")
        .toList();
  }
}
