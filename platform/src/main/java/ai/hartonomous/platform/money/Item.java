package ai.hartonomous.platform.money;

import ai.hartonomous.platform.metering.Use;
import java.util.Locale;

/// What is priced, each in its own unit.
public enum Item {
  /// Tokens of prompts that had to be read.
  INPUT,
  /// Tokens of prompts that had been read before.
  CACHED,
  /// Tokens of answers.
  OUTPUT,
  /// Requests.
  REQUESTS;

  /// {@return how many units of this a use has}
  long units(Use use) {
    return switch (this) {
      case INPUT -> use.input() - use.cached();
      case CACHED -> use.cached();
      case OUTPUT -> use.output();
      case REQUESTS -> use.calls();
    };
  }

  /// {@return how many units of this a use can have at most, before it is known what is cached}
  long most(Use use) {
    return this == CACHED ? use.input() : units(use);
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
