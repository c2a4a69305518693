package ai.hartonomous.platform.money.provider;

import ai.hartonomous.platform.money.provider.PaymentProvider.SignatureException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The header `Stripe-Signature`: `t=SECONDS,v1=HEX[,v1=HEX...]`. Each `v1` is the HMAC-SHA256 of
/// `SECONDS.BODY` with one of the secrets that are good at the time, so that secrets can be
/// replaced. Other schemes are passed over, as the provider asks.
final class StripeSignature {

  private static final String ALGORITHM = "HmacSHA256";
  private static final int LONGEST = 4_096;

  private StripeSignature() {}

  /// {@return the signature of a body}
  static String of(long seconds, byte[] body, String secret) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      mac.update((seconds + ".").getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }

  /// Checks a body.
  ///
  /// @param tolerance how far its time may be from now
  /// @throws SignatureException if it is not signed with the secret, or not now
  static void check(byte[] body, String header, String secret, Instant now, Duration tolerance)
      throws SignatureException {
    long seconds = -1;
    List<String> signatures = new ArrayList<>();
    if (header.length() <= LONGEST) {
      for (String part : header.split(",")) {
        String value = part.substring(part.indexOf('=') + 1).strip();
        switch (part.substring(0, Math.max(0, part.indexOf('='))).strip()) {
          case "t" -> seconds = seconds(value);
          case "v1" -> signatures.add(value);
          default -> {} // another scheme
        }
      }
    }
    if (seconds < 0 || signatures.isEmpty()) {
      throw new SignatureException("The header has no time or no signature.");
    }
    byte[] wanted = of(seconds, body, secret).getBytes(StandardCharsets.UTF_8);
    if (signatures.stream()
        .noneMatch(it -> MessageDigest.isEqual(wanted, it.getBytes(StandardCharsets.UTF_8)))) {
      throw new SignatureException("The signature is not that of the body.");
    }
    if (Math.abs(now.getEpochSecond() - seconds) > tolerance.toSeconds()) {
      throw new SignatureException("The signature is too old.");
    }
  }

  private static long seconds(String text) {
    return text.matches("[0-9]{1,12}") ? Long.parseLong(text) : -1;
  }
}
