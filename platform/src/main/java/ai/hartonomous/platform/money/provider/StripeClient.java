package ai.hartonomous.platform.money.provider;

import ai.hartonomous.platform.PaymentSettings;
import ai.hartonomous.platform.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Speaks the provider's wire format: forms out, JSON back, a fixed version, and a key that makes a
/// request known when it is sent again. It is sent again when no answer came, when there were too
/// many (429), when another with its key is under way (409), and after faults (5xx), unless the
/// provider says in `Stripe-Should-Retry` that it should not be; later each time, by chance a
/// little, and not before `Retry-After`.
@Component
class StripeClient implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final PaymentSettings settings;
  private final HttpClient http = HttpClient.newHttpClient();

  StripeClient(Settings settings) {
    this.settings = settings.money().payments();
  }

  @Override
  public void close() {
    http.close();
  }

  /// Sends a form.
  ///
  /// @param path below the provider's address
  /// @param form fields, those inside others like `metadata[invoice]`
  /// @param key makes the request known, at most 255 characters
  /// @throws PaymentException if the provider does not do it, or does not answer
  JsonNode post(String path, Map<String, String> form, String key) throws PaymentException {
    return send(
        request(path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Idempotency-Key", key)
            .POST(BodyPublishers.ofString(encoded(form)))
            .build());
  }

  /// Asks.
  ///
  /// @param path below the provider's address, with a query
  /// @throws PaymentException if the provider does not answer
  JsonNode get(String path) throws PaymentException {
    return send(request(path).GET().build());
  }

  static String encoded(Map<String, String> form) {
    return form.entrySet().stream()
        .map(it -> encoded(it.getKey()) + "=" + encoded(it.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
            URI.create(settings.url().toString().replaceFirst("/$", "") + path))
        .timeout(settings.timeout())
        .header("Authorization", "Bearer " + settings.key())
        .header("Stripe-Version", settings.version());
  }

  private JsonNode send(HttpRequest request) throws PaymentException {
    var last = new PaymentException(0, "no answer");
    for (int attempt = 1; attempt <= settings.tries(); attempt++) {
      long wait = backOff(attempt);
      try {
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() < 300) {
          return parsed(answer);
        }
        last = new PaymentException(answer.statusCode(), reason(answer));
        if (!isWorthAnother(answer)) {
          throw last;
        }
        wait = Math.max(wait, retryAfter(answer));
      } catch (PaymentException e) {
        throw e;
      } catch (IOException e) {
        last = new PaymentException(0, "no answer: " + e.getClass().getSimpleName());
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        throw new PaymentException(0, "interrupted");
      }
      if (attempt < settings.tries()) {
        pause(wait);
      }
    }
    throw last;
  }

  private static JsonNode parsed(HttpResponse<String> answer) throws PaymentException {
    try {
      return JSON.readTree(answer.body());
    } catch (JacksonException _) {
      throw new PaymentException(0, "the answer is not JSON");
    }
  }

  /// {@return the provider's words without its sentences, which quote what was sent}
  private static String reason(HttpResponse<String> answer) {
    try {
      JsonNode error = JSON.readTree(answer.body()).path("error");
      return "%d %s %s %s"
          .formatted(
              answer.statusCode(),
              error.path("type").asString(""),
              error.path("code").asString(""),
              error.path("param").asString(""))
          .strip();
    } catch (JacksonException _) {
      return Integer.toString(answer.statusCode());
    }
  }

  private static boolean isWorthAnother(HttpResponse<String> answer) {
    String advice = answer.headers().firstValue("Stripe-Should-Retry").orElse("");
    int status = answer.statusCode();
    boolean temporary = status == 409 || status == 429 || status >= 500;
    return advice.equals("true") || (temporary && !advice.equals("false"));
  }

  private static long retryAfter(HttpResponse<String> answer) {
    String seconds = answer.headers().firstValue("Retry-After").orElse("0");
    return seconds.matches("[0-9]{1,4}") ? Long.parseLong(seconds) * 1_000 : 0;
  }

  /// {@return milliseconds: doubled from try to try, of which a half by chance, so that clients who
  /// were refused together do not come back together}
  private long backOff(int attempt) {
    long most = settings.backOff().toMillis() << Math.min(attempt - 1, 10);
    return most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1);
  }

  private static void pause(long millis) throws PaymentException {
    try {
      Thread.sleep(Math.min(millis, LONGEST_WAIT.toMillis()));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new PaymentException(0, "interrupted");
    }
  }
}
