package ai.hartonomous.platform.account;

import ai.hartonomous.platform.account.Account.Kind;
import ai.hartonomous.platform.account.Accounts.Made;
import ai.hartonomous.platform.web.Page;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/admin/users`: administrators make users and change what they may do.
@RestController
@Tag(name = "Users")
@RequestMapping("/v1/admin/users")
class UserResource {

  private final Accounts accounts;

  UserResource(Accounts accounts) {
    this.accounts = accounts;
  }

  /// A user to be made.
  ///
  /// @param name subject of its tokens
  /// @param kind person (the default) or service
  /// @param roles `user` without them
  /// @param password of a person
  record NewUser(
      @NotNull @Size(min = 1, max = 255) String name,
      @Nullable Kind kind,
      @Size(max = 3) @Nullable List<String> roles,
      @Size(max = 200) @Nullable String password) {}

  /// What is to be changed; null leaves it.
  ///
  /// @param roles all roles
  /// @param disabled whether it gets no more tokens
  /// @param password of a person
  record UserChange(
      @Size(max = 3) @Nullable List<String> roles,
      @Nullable Boolean disabled,
      @Size(max = 200) @Nullable String password) {}

  /// A user that was made.
  ///
  /// @param name subject of its tokens
  /// @param kind person or service
  /// @param roles what it may do
  /// @param created when it was made
  /// @param secret of a service, told this once
  record MadeUser(
      String name, Kind kind, List<String> roles, Instant created, @Nullable String secret) {

    static MadeUser of(Made made) {
      Account.View user = made.account().view();
      return new MadeUser(user.name(), user.kind(), user.roles(), user.created(), made.secret());
    }
  }

  @Operation(operationId = "createUser", summary = "Make a user or a service")
  @ApiResponse(responseCode = "201", description = "User made", useReturnTypeSchema = true)
  @PostMapping
  ResponseEntity<MadeUser> create(@Valid @RequestBody NewUser user) {
    List<String> roles = user.roles();
    Kind kind = user.kind();
    Made made =
        accounts.create(
            user.name(),
            kind == null ? Kind.PERSON : kind,
            Accounts.roles(roles == null ? List.of("user") : roles),
            user.password());
    return ResponseEntity.created(URI.create("/v1/admin/users/" + made.account().name()))
        .cacheControl(CacheControl.noStore())
        .body(MadeUser.of(made));
  }

  @Operation(operationId = "listUsers", summary = "All users")
  @GetMapping
  Page<Account.View> list(
      @RequestParam @Nullable String cursor, @RequestParam(defaultValue = "50") int limit) {
    return accounts.list(cursor, limit);
  }

  @Operation(operationId = "getUser", summary = "A user")
  @GetMapping("/{name}")
  Account.View get(@PathVariable String name) {
    return accounts.require(name).view();
  }

  @Operation(operationId = "changeUser", summary = "Change roles or password, disable")
  @PatchMapping("/{name}")
  Account.View change(@PathVariable String name, @Valid @RequestBody UserChange change) {
    List<String> roles = change.roles();
    return accounts
        .change(
            name,
            roles == null ? null : Accounts.roles(roles),
            change.disabled(),
            change.password())
        .view();
  }
}
