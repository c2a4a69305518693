package ai.hartonomous.platform.account;

import ai.hartonomous.platform.security.Role;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// A user whom the built-in issuer knows.
///
/// @param id grows with time
/// @param name subject of its tokens; never changes
/// @param kind a person with a password, or a program with a secret
/// @param roles what it may do
/// @param secret hash of its password or secret
/// @param disabled whether it gets no more tokens
/// @param created when it was made
record Account(
    UUID id,
    String name,
    Kind kind,
    Set<Role> roles,
    String secret,
    boolean disabled,
    Instant created) {

  enum Kind {
    PERSON,
    SERVICE
  }

  Account {
    roles = Set.copyOf(roles);
  }

  /// {@return what an administrator sees of it}
  View view() {
    return new View(
        name, kind, roles.stream().sorted().map(Role::text).toList(), disabled, created);
  }

  /// An account as the API shows it.
  ///
  /// @param name subject of its tokens
  /// @param kind person or service
  /// @param roles what it may do
  /// @param disabled whether it gets no more tokens
  /// @param created when it was made
  record View(String name, Kind kind, List<String> roles, boolean disabled, Instant created) {
    View {
      roles = List.copyOf(roles);
    }
  }
}
