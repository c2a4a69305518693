package ai.hartonomous.platform.money;

import ai.hartonomous.platform.web.Problem;
import java.time.DateTimeException;
import java.time.YearMonth;

/// Months as requests name them.
public final class Months {

  private Months() {}

  /// {@return a month}
  ///
  /// @param text such as `2026-08`
  /// @throws ai.hartonomous.platform.web.ProblemException if it is none
  public static YearMonth parse(String text) {
    try {
      return YearMonth.parse(text);
    } catch (DateTimeException _) {
      throw Problem.invalid("month", "must be like 2026-08");
    }
  }
}
