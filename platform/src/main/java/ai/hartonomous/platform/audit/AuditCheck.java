package ai.hartonomous.platform.audit;

import java.util.Optional;

/// Follows a chain entry by entry and finds the first that is not as it was written.
public final class AuditCheck {

  private final String user;
  private AuditHead head;

  /// Begins at the start of a chain.
  ///
  /// @param user whose chain it is
  public AuditCheck(String user) {
    this.user = user;
    this.head = AuditHead.start(user);
  }

  /// {@return what is wrong with the next entry, if anything}
  ///
  /// @param entry the next entry
  public Optional<String> next(AuditEntry entry) {
    String place = "%s: entry %d".formatted(user, head.number() + 1);
    if (entry.number() != head.number() + 1) {
      return Optional.of(place + " is missing; the next is " + entry.number());
    }
    if (!entry.previous().equals(head.hash())) {
      return Optional.of(place + " does not follow from the one before");
    }
    if (!entry.hash().equals(entry.expectedHash(user))) {
      return Optional.of(place + " was changed");
    }
    head = new AuditHead(user, entry.number(), entry.hash());
    return Optional.empty();
  }

  /// {@return the last entry that was good}
  public AuditHead head() {
    return head;
  }
}
