package ai.hartonomous.platform.money.payout;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The number of a bank account in the area of SEPA (ISO 13616): its length is that of its country,
/// and its check digits are right. Its text form is masked, so that it gets into no log.
public final class Iban {

  /// Country and length, of the countries and territories that take part in SEPA.
  private static final Map<String, Integer> LENGTHS =
      Stream.of(
              ("AD24 AL28 AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GI23"
                      + " GR27 HR21 HU28 IE22 IS26 IT27 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19"
                      + " MT31 NL18 NO15 PL28 PT25 RO24 RS22 SE24 SI19 SK24 SM27 VA22")
                  .split(" "))
          .collect(
              Collectors.toMap(it -> it.substring(0, 2), it -> Integer.valueOf(it.substring(2))));

  private static final int MODULUS = 97;
  private static final int SHOWN = 4;

  private final String text;

  private Iban(String text) {
    this.text = text;
  }

  /// {@return the number, or nothing if it cannot be one}
  ///
  /// @param text with or without spaces, in capital or small letters
  public static Optional<Iban> parse(String text) {
    String plain = text.replace(" ", "").toUpperCase(Locale.ROOT);
    boolean good =
        plain.matches("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
            && LENGTHS.getOrDefault(plain.substring(0, 2), 0) == plain.length()
            && remainder(plain.substring(4) + plain.substring(0, 4)) == 1;
    return good ? Optional.of(new Iban(plain)) : Optional.empty();
  }

  /// {@return the remainder modulo 97 of the digits, where A is 10, B is 11 and so on}
  private static int remainder(String text) {
    int remainder = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = Character.digit(text.charAt(i), Character.MAX_RADIX);
      remainder = (remainder * (digit > 9 ? 100 : 10) + digit) % MODULUS;
    }
    return remainder;
  }

  /// {@return the whole number, for the bank alone}
  public String plain() {
    return text;
  }

  /// {@return country and the last four places, enough to know one's own}
  public String masked() {
    return text.substring(0, 2) + "**" + text.substring(text.length() - SHOWN);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Iban it && it.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return masked();
  }
}
