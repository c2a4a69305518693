package ai.hartonomous.platform;

import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The payment provider: settings below `hartonomous.money.payments`. Without a key there is none.
///
/// @param url address of its API
/// @param key secret key of the API; never logged or shown
/// @param webhookSecret with which the provider signs what it tells; never logged or shown
/// @param version of the API that is spoken
/// @param tolerance how old a signed event may be
/// @param tries how often a request is sent at most
/// @param backOff time before the second try; doubles from try to try
/// @param timeout how long to wait for an answer
public record PaymentSettings(
    @DefaultValue("https://api.stripe.com") URI url,
    @DefaultValue("") String key,
    @DefaultValue("") String webhookSecret,
    @DefaultValue("2024-06-20") String version,
    @DefaultValue("5m") Duration tolerance,
    @DefaultValue("4") int tries,
    @DefaultValue("500ms") Duration backOff,
    @DefaultValue("30s") Duration timeout) {

  /// Checks.
  ///
  /// @throws IllegalArgumentException if there are no tries, or a time is below 0
  public PaymentSettings {
    if (tries < 1 || backOff.isNegative() || tolerance.isNegative() || !timeout.isPositive()) {
      throw new IllegalArgumentException(
          "hartonomous.money.payments: tries from 1 on, times not below 0");
    }
  }

  /// {@return the settings without the secrets}
  @Override
  public String toString() {
    return "PaymentSettings[url=%s, version=%s]".formatted(url, version);
  }
}
