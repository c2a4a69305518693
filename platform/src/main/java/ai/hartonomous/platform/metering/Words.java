package ai.hartonomous.platform.metering;

import java.util.Locale;

/// How constants are written in requests and answers.
final class Words {

  private Words() {}

  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
