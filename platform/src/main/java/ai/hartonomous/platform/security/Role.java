package ai.hartonomous.platform.security;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/// What a user may do. Each role includes those before it.
public enum Role {
  /// Works with what is their own.
  USER,
  /// May offer what is their own to others.
  PUBLISHER,
  /// Keeps users, keys and limits.
  ADMIN;

  private static final String PREFIX = "ROLE_";

  /// {@return the name in tokens}
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// {@return the role of a name in a token}
  ///
  /// @param text the name
  public static Optional<Role> find(String text) {
    return Arrays.stream(values()).filter(role -> role.text().equals(text)).findFirst();
  }

  /// {@return these roles and those that they include, as authorities}
  ///
  /// @param roles any roles
  static Set<GrantedAuthority> authorities(Collection<Role> roles) {
    var all = EnumSet.noneOf(Role.class);
    roles.forEach(role -> all.addAll(EnumSet.range(USER, role)));
    return all.stream().map(Role::authority).collect(Collectors.toUnmodifiableSet());
  }

  GrantedAuthority authority() {
    return new SimpleGrantedAuthority(PREFIX + name());
  }
}
