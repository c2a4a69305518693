package ai.hartonomous.platform.money;

import ai.hartonomous.platform.money.PlanResource.SubscriptionView;
import ai.hartonomous.platform.money.Tenants.Member;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/billing`: how the user pays, as a tenant, and for whom; `/v1/admin/billing`: how anybody
/// does.
@RestController
@Tag(name = "Plans")
class BillingResource {

  private final Tenants accounts;

  BillingResource(Tenants accounts) {
    this.accounts = accounts;
  }

  @Operation(
      operationId = "getBilling",
      summary = "How the user pays, now and from later months on")
  @ApiResponse(responseCode = "200", description = "How", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "404", description = "The user has no billing account")
  @GetMapping("/v1/billing")
  Page<SubscriptionView> own() {
    return agreed(Tenant.current());
  }

  @Operation(
      operationId = "getBillingOfTenant",
      summary = "How a tenant pays, now and from later months on")
  @ApiResponse(responseCode = "200", description = "How", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "404", description = "The tenant has no billing account")
  @GetMapping("/v1/admin/billing")
  Page<SubscriptionView> of(
      @RequestParam @Size(min = 1, max = 255) @Pattern(regexp = "\\P{Cntrl}*") String user) {
    return agreed(user);
  }

  private Page<SubscriptionView> agreed(String tenant) {
    List<SubscriptionView> all =
        accounts.agreed(tenant, Instant.now()).stream().map(SubscriptionView::of).toList();
    if (all.isEmpty()) {
      throw Problem.notFound("billing account", tenant);
    }
    return new Page<>(all, null);
  }

  @Operation(operationId = "listBillingMembers", summary = "For whom the user pays, as a tenant")
  @GetMapping("/v1/billing/members")
  Page<Member> ownMembers(
      @RequestParam @Nullable String cursor, @RequestParam(defaultValue = "50") int limit) {
    return members(Tenant.current(), cursor, limit);
  }

  @Operation(operationId = "listBillingMembersOfTenant", summary = "For whom a tenant pays")
  @GetMapping("/v1/admin/billing/members")
  Page<Member> membersOf(
      @RequestParam @Size(min = 1, max = 255) @Pattern(regexp = "\\P{Cntrl}*") String user,
      @RequestParam @Nullable String cursor,
      @RequestParam(defaultValue = "50") int limit) {
    return members(user, cursor, limit);
  }

  private Page<Member> members(String tenant, @Nullable String cursor, int limit) {
    List<Member> found =
        accounts.members(tenant, Page.nameAfter(cursor), Page.checkedLimit(limit) + 1);
    return Page.of(found, limit, it -> it, Member::user);
  }
}
