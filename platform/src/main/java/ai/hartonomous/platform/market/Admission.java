package ai.hartonomous.platform.market;

import ai.hartonomous.distill.pack.Licences;
import ai.hartonomous.distill.pack.Licences.Verdict;
import ai.hartonomous.platform.market.Figures.Capability;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What an agent has to fulfil before it is offered to others.
final class Admission {

  private static final String REFUSED = "licence-refused";

  private Admission() {}

  /// Refuses an agent that does not keep what it was asked to keep.
  ///
  /// @throws ProblemException with status 422 that names the capability
  static void requireContract(Figures figures) {
    List<Capability> all = figures.capabilities();
    if (all.stream().noneMatch(it -> it.kind().equals("target"))) {
      throw Problem.unprocessable(
          "contract-not-kept", "The manifest names no capability that the agent was made to keep.");
    }
    for (Capability one : all) {
      if (!one.holds()) {
        throw Problem.unprocessable(
            "contract-not-kept",
            "The agent has %s %s of '%s'; its source has %s, of which it was to keep %s."
                .formatted(one.metric(), one.agent(), one.capability(), one.source(), one.floor()));
      }
    }
  }

  /// {@return the licence under which an agent may be passed on}
  ///
  /// @param sources licence of each source, where it states one
  /// @param free whether the agent is given away
  /// @throws ProblemException with status 422 that names source and licence if one of them does not
  ///   permit it, or is not known to
  static String licence(Map<String, Optional<String>> sources, boolean free) {
    sources.forEach((source, licence) -> requirePassingOn(source, licence.orElse(""), free));
    Verdict verdict = Licences.combine(sources);
    verdict
        .refusal()
        .ifPresent(
            reason -> {
              throw Problem.unprocessable(REFUSED, reason + ".");
            });
    String licence = verdict.licence();
    if (licence == null || licence.isEmpty()) {
      throw Problem.unprocessable(REFUSED, "The manifest names no source, so no licence.");
    }
    return licence;
  }

  private static void requirePassingOn(String source, String licence, boolean free) {
    String refusal =
        switch (Licences.kind(licence)) {
          case PERMISSIVE, SHARE_ALIKE -> "";
          case NON_COMMERCIAL, NON_COMMERCIAL_SHARE_ALIKE ->
              free ? "" : "which allows no commercial use: it can be offered for nothing only";
          case NO_DERIVATIVES -> "which allows no derived works";
          case OWN_TERMS -> "which is not known to permit passing it on";
          case NOT_STATED -> "so nobody can say that it may be passed on";
        };
    if (!refusal.isEmpty()) {
      String stated = licence.isBlank() ? "states no licence" : "is under " + licence;
      throw Problem.unprocessable(REFUSED, "%s %s, %s.".formatted(source, stated, refusal));
    }
  }

  /// Refuses to take money for an agent whose licence does not allow it.
  ///
  /// @param licence under which it is passed on
  /// @throws ProblemException with status 422
  static void requireSale(String licence) {
    for (String one : licence.split(" AND ", -1)) {
      Licences.Kind kind = Licences.kind(one);
      if (kind == Licences.Kind.NON_COMMERCIAL
          || kind == Licences.Kind.NON_COMMERCIAL_SHARE_ALIKE) {
        throw Problem.unprocessable(REFUSED, one + " allows no commercial use of the agent.");
      }
    }
  }
}
