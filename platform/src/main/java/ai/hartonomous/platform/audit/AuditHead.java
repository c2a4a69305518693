package ai.hartonomous.platform.audit;

/// The last entry of a chain. Who writes it down elsewhere can tell later that the chain was not
/// written anew.
///
/// @param user whose chain it is
/// @param number of the entry; 0 for an empty chain
/// @param hash of the entry; {@link AuditEntry#START} for an empty chain
public record AuditHead(String user, long number, String hash) {

  /// {@return the end of a chain without entries}
  ///
  /// @param user whose chain it is
  public static AuditHead start(String user) {
    return new AuditHead(user, 0, AuditEntry.START);
  }
}
