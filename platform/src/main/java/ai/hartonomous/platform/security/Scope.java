package ai.hartonomous.platform.security;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/// What an API key may be used for.
public enum Scope {
  /// OpenAI's interface.
  INFERENCE,
  /// Reading and searching below `/v1`.
  READ,
  /// Models, suites, texts and analyses are made and deleted.
  MODELS,
  /// Agents, deployments and jobs are made and deleted.
  AGENTS;

  private static final String PREFIX = "SCOPE_";

  /// {@return the name in requests}
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// {@return the scope of a name}
  ///
  /// @param text the name
  public static Optional<Scope> find(String text) {
    return Arrays.stream(values()).filter(scope -> scope.text().equals(text)).findFirst();
  }

  /// {@return what the authorities of a request name it}
  public GrantedAuthority authority() {
    return new SimpleGrantedAuthority(PREFIX + name());
  }
}
