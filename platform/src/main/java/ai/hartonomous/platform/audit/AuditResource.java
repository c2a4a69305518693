package ai.hartonomous.platform.audit;

import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/audit`: the user's own chain; `/v1/admin/audit`: everybody's.
@RestController
@Tag(name = "Audit")
class AuditResource {

  private final AuditRows rows;

  AuditResource(AuditRows rows) {
    this.rows = rows;
  }

  @Operation(operationId = "listAuditEntries", summary = "What was done on the user's behalf")
  @GetMapping("/v1/audit")
  Page<AuditEntry> own(
      @RequestParam @Nullable String cursor, @RequestParam(defaultValue = "50") int limit) {
    return page(Tenant.current(), cursor, limit);
  }

  @Operation(operationId = "listAuditEntriesOfUser", summary = "What was done on a user's behalf")
  @GetMapping("/v1/admin/audit")
  Page<AuditEntry> of(
      @RequestParam String user,
      @RequestParam @Nullable String cursor,
      @RequestParam(defaultValue = "50") int limit) {
    return page(checked(user), cursor, limit);
  }

  @Operation(operationId = "listAuditHeads", summary = "The last entry of every chain")
  @GetMapping("/v1/admin/audit/heads")
  Page<AuditHead> heads(
      @RequestParam @Nullable String cursor, @RequestParam(defaultValue = "50") int limit) {
    List<AuditHead> found = rows.heads(Page.nameAfter(cursor), Page.checkedLimit(limit) + 1);
    return Page.of(found, limit, head -> head, AuditHead::user);
  }

  private Page<AuditEntry> page(String user, @Nullable String cursor, int limit) {
    long after = Math.max(0, Page.numberAfter(cursor));
    List<AuditEntry> found = rows.list(user, after, Page.checkedLimit(limit) + 1);
    return Page.of(found, limit, entry -> entry, AuditEntry::number);
  }

  /// Not every database can compare a text with control characters in it.
  private static String checked(String user) {
    if (user.chars().anyMatch(Character::isISOControl)) {
      throw Problem.invalid("user", "has control characters");
    }
    return user;
  }
}
