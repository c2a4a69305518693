package ai.hartonomous.platform.metering;

import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.Page;
import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/usage`: what the user's calls took, or all that the user pays for, as events that other
/// systems can read.
@RestController
@Tag(name = "Usage")
class UsageResource {

  private final UsageRows rows;
  private final Charging charging;
  private final Receipts receipts;

  UsageResource(UsageRows rows, Charging charging, Receipts receipts) {
    this.rows = rows;
    this.charging = charging;
    this.receipts = receipts;
  }

  /// An entry of the log as a CloudEvent (version 1.0 of the specification, JSON format).
  ///
  /// @param specversion always `1.0`
  /// @param id its id; with the source it is unique
  /// @param source where it comes from: the tenant's log
  /// @param type `ai.hartonomous.inference`
  /// @param subject who called
  /// @param time when the call ended
  /// @param datacontenttype always `application/json`
  /// @param data what it took
  record Event(
      String specversion,
      UUID id,
      String source,
      String type,
      String subject,
      Instant time,
      String datacontenttype,
      Taken data) {

    static Event of(UsageEvent event) {
      return new Event(
          "1.0",
          event.id(),
          "/tenants/" + event.tenant(),
          "ai.hartonomous.inference",
          event.user(),
          event.happened(),
          "application/json",
          Taken.of(event));
    }
  }

  /// What a call took.
  ///
  /// @param number place in the tenant's log
  /// @param agentId who answered
  /// @param agent as the request named it
  /// @param keyId id of the API key; left out without one
  /// @param outcome whether it ended with its whole answer
  /// @param inputTokens tokens of prompts
  /// @param cachedTokens how many of them had been read before
  /// @param outputTokens tokens of answers
  /// @param requests calls
  /// @param computeMicros time of computing, in microseconds
  /// @param amount what it added to the price of its period, a decimal
  /// @param currency ISO 4217, `XXX` where nothing is charged
  record Taken(
      long number,
      UUID agentId,
      String agent,
      @Nullable String keyId,
      UsageEvent.Outcome outcome,
      long inputTokens,
      long cachedTokens,
      long outputTokens,
      long requests,
      long computeMicros,
      String amount,
      String currency) {

    static Taken of(UsageEvent event) {
      Use use = event.use();
      return new Taken(
          event.number(),
          event.agent().id(),
          event.agent().name(),
          event.keyId().isEmpty() ? null : event.keyId(),
          event.outcome(),
          use.input(),
          use.cached(),
          use.output(),
          use.calls(),
          use.computeMicros(),
          event.price().amount().stripTrailingZeros().toPlainString(),
          event.price().currency());
    }
  }

  @Operation(
      operationId = "listUsage",
      summary = "What the user's calls took, as CloudEvents",
      description = "With `of=tenant` all calls that the user, as a tenant, pays for.")
  @GetMapping("/v1/usage")
  Page<Event> list(
      @RequestParam(defaultValue = "user") @Pattern(regexp = "user|tenant") String of,
      @RequestParam @Nullable String cursor,
      @RequestParam(defaultValue = "50") int limit) {
    String user = Tenant.current();
    if (of.equals("tenant")) {
      return log(user, cursor, limit);
    }
    List<UsageEvent> found =
        rows.list(charging.tenant(user), user, after(cursor), Page.checkedLimit(limit) + 1);
    return Page.of(found, limit, Event::of, UsageEvent::number);
  }

  @Operation(
      operationId = "listTenantUsage",
      summary = "All calls that a tenant pays for, as CloudEvents")
  @GetMapping("/v1/admin/usage")
  Page<Event> ofTenant(
      @RequestParam @Size(min = 1, max = 255) @Pattern(regexp = "\\P{Cntrl}*") String user,
      @RequestParam @Nullable String cursor,
      @RequestParam(defaultValue = "50") int limit) {
    return log(user, cursor, limit);
  }

  private Page<Event> log(String tenant, @Nullable String cursor, int limit) {
    List<UsageEvent> found = rows.list(tenant, after(cursor), Page.checkedLimit(limit) + 1);
    return Page.of(found, limit, Event::of, UsageEvent::number);
  }

  private static long after(@Nullable String cursor) {
    return Math.max(0, Page.numberAfter(cursor));
  }

  /// The public keys of receipts, as a JSON Web Key Set.
  @Hidden
  @GetMapping(path = "/.well-known/receipts.json", produces = MediaType.APPLICATION_JSON_VALUE)
  String keys() {
    return receipts.publicKeys();
  }
}
