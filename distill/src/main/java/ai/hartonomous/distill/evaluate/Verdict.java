package ai.hartonomous.distill.evaluate;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Whether an agent keeps what was asked for.
///
/// @param missed capabilities that stay below their floor; empty if the contract is kept
public record Verdict(List<Retention> missed) {

  /// Copies the list.
  public Verdict {
    missed = List.copyOf(missed);
  }

  /// {@return what a report says about its contract}
  ///
  /// @param report the figures; of others than targets, nothing was asked
  public static Verdict of(Report report) {
    return new Verdict(
        report.retention().stream()
            .filter(kept -> kept.kind() == Retention.Kind.TARGET && !kept.kept())
            .toList());
  }

  /// {@return whether nothing was missed}
  public boolean kept() {
    return missed.isEmpty();
  }

  /// {@return one sentence with every figure that was missed, beginning with `threshold_not_met`}
  ///
  /// @param report the report that was judged
  public String reason(Report report) {
    return "threshold_not_met: the best agent, with %d of %d components, %s"
        .formatted(
            report.agent().components(),
            report.source().components(),
            missed.stream().map(Verdict::reason).collect(Collectors.joining("; ")));
  }

  private static String reason(Retention kept) {
    String metric = kept.source().metric().label();
    if (Double.isNaN(kept.needed())) {
      return String.format(
          Locale.ROOT,
          "cannot keep %s: the source itself has %s %.4f",
          kept.capability(),
          metric,
          kept.source().value());
    }
    return String.format(
        Locale.ROOT,
        "has %s %.4f ± %.4f on %d held-out items of %s; the source has %.4f, so that a floor of %s"
            + " needed at %s %.4f",
        metric,
        kept.agent().value(),
        kept.agent().standardError(),
        kept.agent().items(),
        kept.capability(),
        kept.source().value(),
        kept.floor(),
        kept.source().metric().higherIsBetter() ? "least" : "most",
        kept.needed());
  }
}
