package ai.hartonomous.distill.pack;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Whether the licences of several sources go together, by a table and six rules. Names are those
/// of the field `license` in model cards. This is a check against mistakes, not legal advice: a
/// licence that the table does not know is never called compatible.
/// 1. A licence that forbids derived works refuses an agent.
/// 2. Permissive licences go with everything; their notices stay in the manifest.
/// 3. One licence with terms for derived works (share-alike, non-commercial, or own terms) passes
///    to the agent, with a warning that says so.
/// 4. Of several of them, equal ones count once; non-commercial ones without share-alike go
///    together, and with one share-alike licence that is non-commercial itself; CC BY-SA 4.0 may
///    become GPL 3.0. Everything else is refused.
/// 5. A licence that the table does not know counts as own terms.
/// 6. A source without a stated licence gives a warning; beside a licence with terms it is refused.
public final class Licences {

  /// What a licence asks of derived works.
  public enum Kind {
    /// Notices only.
    PERMISSIVE,
    /// The same licence for derived works.
    SHARE_ALIKE,
    /// No commercial use.
    NON_COMMERCIAL,
    /// Both.
    NON_COMMERCIAL_SHARE_ALIKE,
    /// No derived works.
    NO_DERIVATIVES,
    /// Terms that the table does not know.
    OWN_TERMS,
    /// No licence is stated.
    NOT_STATED
  }

  /// What follows for an agent.
  ///
  /// @param licence under which the agent may be passed on; several permissive ones with ` AND `
  ///   between; null where a source states none or they do not go together
  /// @param warnings one sentence each
  /// @param refusal why there may be no agent, if so
  public record Verdict(@Nullable String licence, List<String> warnings, Optional<String> refusal) {

    /// Copies the list.
    ///
    /// @param licence as above
    /// @param warnings as above
    /// @param refusal as above
    public Verdict(@Nullable String licence, List<String> warnings, Optional<String> refusal) {
      this.licence = licence;
      this.warnings = List.copyOf(warnings);
      this.refusal = refusal;
    }
  }

  private static final Map<Kind, Set<String>> TABLE =
      Map.of(
          Kind.PERMISSIVE,
          Set.of(
              "mit",
              "mit-0",
              "apache-2.0",
              "bsd",
              "bsd-2-clause",
              "bsd-3-clause",
              "bsd-3-clause-clear",
              "bsl-1.0",
              "isc",
              "zlib",
              "ncsa",
              "postgresql",
              "unlicense",
              "wtfpl",
              "afl-3.0",
              "artistic-2.0",
              "ecl-2.0",
              "cc0-1.0",
              "cc-by-2.0",
              "cc-by-2.5",
              "cc-by-3.0",
              "cc-by-4.0",
              "pddl",
              "odc-by",
              "cdla-permissive-1.0",
              "cdla-permissive-2.0"),
          Kind.SHARE_ALIKE,
          Set.of(
              "gpl",
              "gpl-2.0",
              "gpl-3.0",
              "agpl-3.0",
              "lgpl",
              "lgpl-2.1",
              "lgpl-3.0",
              "mpl-2.0",
              "eupl-1.1",
              "eupl-1.2",
              "osl-3.0",
              "cc-by-sa-3.0",
              "cc-by-sa-4.0",
              "odbl",
              "cdla-sharing-1.0",
              "gfdl"),
          Kind.NON_COMMERCIAL,
          Set.of("cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0"),
          Kind.NON_COMMERCIAL_SHARE_ALIKE,
          Set.of("cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0"),
          Kind.NO_DERIVATIVES,
          Set.of("cc-by-nd-4.0", "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0"));

  private Licences() {}

  /// {@return what a licence asks}
  ///
  /// @param licence as a model card states it, or null
  public static Kind kind(@Nullable String licence) {
    if (licence == null || licence.isBlank() || licence.equalsIgnoreCase("unknown")) {
      return Kind.NOT_STATED;
    }
    String name = name(licence);
    return TABLE.entrySet().stream()
        .filter(entry -> entry.getValue().contains(name))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(Kind.OWN_TERMS);
  }

  private static String name(String licence) {
    return licence.strip().toLowerCase(Locale.ROOT);
  }

  /// {@return what follows for an agent made of these sources}
  ///
  /// @param sources name of each source with its licence as stated, or without one
  public static Verdict combine(Map<String, Optional<String>> sources) {
    Set<String> permissive = new TreeSet<>();
    Set<String> terms = new LinkedHashSet<>();
    List<String> unstated = new ArrayList<>();
    for (Map.Entry<String, Optional<String>> source : sources.entrySet()) {
      String licence = source.getValue().orElse("");
      switch (kind(licence)) {
        case PERMISSIVE -> permissive.add(name(licence));
        case NOT_STATED -> unstated.add(source.getKey());
        case NO_DERIVATIVES -> {
          return refused(
              "%s is under %s, which allows no derived works".formatted(source.getKey(), licence));
        }
        case SHARE_ALIKE, NON_COMMERCIAL, NON_COMMERCIAL_SHARE_ALIKE, OWN_TERMS ->
            terms.add(name(licence));
      }
    }
    if (!unstated.isEmpty() && !terms.isEmpty()) {
      return refused(
          "%s state no licence, so nobody can say whether they go with %s"
              .formatted(unstated, terms));
    }
    Optional<String> common = terms.isEmpty() ? Optional.empty() : common(terms);
    if (!terms.isEmpty() && common.isEmpty()) {
      return refused(
          "the terms of %s for derived works exclude each other, or are not known to go together"
              .formatted(terms));
    }
    return accepted(permissive, common.orElse(null), unstated);
  }

  private static Verdict accepted(
      Set<String> permissive, @Nullable String terms, List<String> unstated) {
    List<String> warnings = new ArrayList<>();
    unstated.forEach(
        source -> warnings.add(source + " states no licence: ask its owner before passing it on"));
    if (terms != null) {
      warnings.add(warning(terms));
    }
    String licence = terms == null ? String.join(" AND ", permissive) : terms;
    return new Verdict(unstated.isEmpty() ? licence : null, warnings, Optional.empty());
  }

  private static Verdict refused(String reason) {
    return new Verdict(null, List.of(), Optional.of(reason));
  }

  /// {@return the licence that the terms of all allow, if there is one}
  private static Optional<String> common(Set<String> terms) {
    if (terms.size() == 1) {
      return terms.stream().findFirst();
    }
    if (terms.equals(Set.of("cc-by-sa-4.0", "gpl-3.0"))) {
      return Optional.of("gpl-3.0");
    }
    Map<Kind, List<String>> byKind = terms.stream().collect(Collectors.groupingBy(Licences::kind));
    boolean nonCommercial =
        Stream.of(Kind.SHARE_ALIKE, Kind.OWN_TERMS).noneMatch(byKind::containsKey);
    List<String> shared = byKind.getOrDefault(Kind.NON_COMMERCIAL_SHARE_ALIKE, List.of());
    if (!nonCommercial || shared.size() > 1) {
      return Optional.empty();
    }
    return Optional.of(
        shared.isEmpty() ? String.join(" AND ", new TreeSet<>(terms)) : shared.getFirst());
  }

  private static String warning(String terms) {
    Kind kind = kind(terms.split(" AND ", 2)[0]);
    return switch (kind) {
      case SHARE_ALIKE -> terms + " asks for the same licence on whatever is made of the agent";
      case NON_COMMERCIAL -> terms + " allows no commercial use of the agent";
      case NON_COMMERCIAL_SHARE_ALIKE ->
          terms + " allows no commercial use and asks for the same licence on derived works";
      case OWN_TERMS -> terms + " has terms of its own: read them before passing the agent on";
      case PERMISSIVE, NO_DERIVATIVES, NOT_STATED ->
          throw new IllegalStateException(kind + " has no terms to pass on");
    };
  }
}
