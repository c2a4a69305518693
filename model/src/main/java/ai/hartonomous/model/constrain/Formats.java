package ai.hartonomous.model.constrain;

import java.util.Map;

/// The formats that OpenAI documents, as patterns. Each is narrower than the format where the whole
/// of it could not be said: leap days, other forms of IPv6 addresses and durations, unusual mail
/// addresses. Source: JSON Schema 2020-12, Validation, section 7.3.
final class Formats {

  private static final String DATE =
      "[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
          + "|02-(0[1-9]|1[0-9]|2[0-8]))";
  private static final String TIME =
      "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?"
          + "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";
  private static final String HOST = "[a-z0-9]{1,30}(-[a-z0-9]{1,30})?";
  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

  /// `name@host.domain`, at most one dot, dash or underline in a row.
  static final String EMAIL =
      "^[a-z0-9]{1,20}([._-][a-z0-9]{1,20}){0,2}"
          + "@[a-z0-9]{1,30}(-[a-z0-9]{1,30})?(\\.[a-z]{2,10}){1,2}$";

  static final Map<String, String> PATTERNS =
      Map.of(
          "date", whole(DATE),
          "time", whole(TIME),
          "date-time", whole(DATE + "T" + TIME),
          "duration", whole("P([0-9]{1,4}D(T[0-9]{1,4}H)?|[0-9]{1,4}W|T[0-9]{1,4}[HMS])"),
          "email", EMAIL,
          "hostname", whole(HOST + "(\\." + HOST + "){0,3}"),
          "ipv4", whole(OCTET + "(\\." + OCTET + "){3}"),
          "ipv6", whole("([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}"),
          "uuid", whole("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));

  private Formats() {}

  private static String whole(String pattern) {
    return "^" + pattern + "$";
  }
}
