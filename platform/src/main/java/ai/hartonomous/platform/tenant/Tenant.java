package ai.hartonomous.platform.tenant;

import java.util.Optional;
import java.util.UUID;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/// The user whose rows the current work may see: the subject of the request's token, the owner of
/// its API key, or the user on whose behalf a job runs.
public final class Tenant {

  private static final ScopedValue<String> USER = ScopedValue.newInstance();

  private Tenant() {}

  /// {@return the user, or nothing where nobody is known}
  public static Optional<String> find() {
    if (USER.isBound()) {
      return Optional.of(USER.get());
    }
    Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
    return authentication == null || authentication instanceof AnonymousAuthenticationToken
        ? Optional.empty()
        : Optional.of(authentication.getName());
  }

  /// {@return the user}
  ///
  /// @throws IllegalStateException if nobody is known
  public static String current() {
    return find().orElseThrow(() -> new IllegalStateException("work on nobody's behalf"));
  }

  /// {@return id of the API key that the request came with, or nothing without one}
  public static Optional<UUID> key() {
    Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
    return authentication != null && authentication.getDetails() instanceof UUID id
        ? Optional.of(id)
        : Optional.empty();
  }

  /// Does work on behalf of a user.
  ///
  /// @param user the user
  /// @param work what to do
  public static void as(String user, Runnable work) {
    ScopedValue.where(USER, user).run(work);
  }
}
