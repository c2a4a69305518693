package ai.hartonomous.platform.audit;

import ai.hartonomous.model.checkpoint.ContentHash;
import java.time.Instant;
import java.util.List;

/// One entry of a user's chain.
///
/// @param number 1 for the first, without gaps
/// @param created when, to the microsecond
/// @param actor who did it: the user, or an administrator
/// @param action what was done, such as `login` or `POST`
/// @param target what it was done to, or where from
/// @param previous hash of the entry before; {@link #START} for the first
/// @param hash SHA-256 of all the others and the user's name
public record AuditEntry(
    long number,
    Instant created,
    String actor,
    String action,
    String target,
    String previous,
    String hash) {

  /// What the first entry holds for the hash of the one before.
  public static final String START = "0".repeat(64);

  /// {@return the entry that follows}
  ///
  /// @param user whose chain it is
  /// @param before the end of the chain
  static AuditEntry after(
      String user, AuditHead before, Instant created, String actor, String action, String target) {
    var open =
        new AuditEntry(before.number() + 1, created, actor, action, target, before.hash(), "");
    return new AuditEntry(
        open.number, created, actor, action, target, before.hash(), open.expectedHash(user));
  }

  /// {@return the hash that the entry must have: SHA-256 over its fields, each with its length
  /// before it, so that nothing can move from one field to the next}
  ///
  /// @param user whose chain it is
  public String expectedHash(String user) {
    var text = new StringBuilder();
    for (String field :
        List.of(previous, user, "" + number, created.toString(), actor, action, target)) {
      text.append(field.length()).append(':').append(field);
    }
    return ContentHash.of(text.toString());
  }
}
