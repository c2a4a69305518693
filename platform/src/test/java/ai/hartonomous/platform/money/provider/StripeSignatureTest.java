package ai.hartonomous.platform.money.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.platform.money.provider.PaymentProvider.SignatureException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StripeSignatureTest {

  private static final String BODY = "{\"id\":\"evt_1\"}";
  private static final long TIME = 1_700_000_000;

  /// From `printf '1700000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test`.
  private static final String V1 =
      "c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925";

  private static void check(String body, String header, String secret, long now)
      throws SignatureException {
    StripeSignature.check(
        body.getBytes(StandardCharsets.UTF_8),
        header,
        secret,
        Instant.ofEpochSecond(now),
        Duration.ofMinutes(5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "t=1700000000,v1=" + V1,
        "v1=" + V1 + ",t=1700000000",
        "t=1700000000,v1=00,v1=" + V1, // a secret that is replaced signs too
        "t=1700000000, v1=" + V1 + ",v0=abc"
      })
  void agreesWithOpenssl(String header) {
    assertThatCode(() -> check(BODY, header, "whsec_test", TIME + 300)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "t=1700000000",
        "v1=" + V1,
        "t=1700000000,v0=" + V1,
        "t=1700000001,v1=" + V1,
        "t=-1,v1=" + V1,
        "t=99999999999999999999,v1=" + V1,
        "t=1700000000,v1=c89214b5",
        "=,=,,"
      })
  void refusesOtherHeaders(String header) {
    assertThatThrownBy(() -> check(BODY, header, "whsec_test", TIME))
        .isInstanceOf(SignatureException.class);
  }

  @Test
  void refusesAnotherBodySecretOrTime() {
    String header = "t=1700000000,v1=" + V1;

    assertThatThrownBy(() -> check(BODY + " ", header, "whsec_test", TIME))
        .hasMessageContaining("body");
    assertThatThrownBy(() -> check(BODY, header, "whsec_other", TIME)).hasMessageContaining("body");
    assertThatThrownBy(() -> check(BODY, header, "whsec_test", TIME + 301))
        .hasMessageContaining("old");
    assertThatThrownBy(() -> check(BODY, header, "whsec_test", TIME - 301))
        .hasMessageContaining("old");
  }

  @ParameterizedTest
  @CsvSource({
    "12.34, EUR, 1234",
    "500, JPY, 500",
    "7, ISK, 700",
    "7, UGX, 700",
    "9, MGA, 9",
    "1.230, KWD, 1230"
  })
  void countsInTheProvidersSmallestUnits(BigDecimal amount, String currency, long units)
      throws Exception {
    assertThat(StripeAmounts.units(amount, currency)).isEqualTo(units);
    assertThat(StripeAmounts.amount(units, currency)).isEqualByComparingTo(amount);
  }

  @ParameterizedTest
  @CsvSource({"0.001, EUR", "0.5, JPY", "1.234, KWD", "0.5, MGA"})
  void refusesWhatTheProviderCannotExpress(BigDecimal amount, String currency) {
    assertThatThrownBy(() -> StripeAmounts.units(amount, currency))
        .isInstanceOf(PaymentException.class);
  }
}
