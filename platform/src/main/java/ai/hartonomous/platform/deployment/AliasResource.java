package ai.hartonomous.platform.deployment;

import ai.hartonomous.platform.deployment.Aliases.AliasChange;
import ai.hartonomous.platform.deployment.Aliases.AliasView;
import ai.hartonomous.platform.web.Page;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/aliases`: names that stand for an agent and can be given to another.
@RestController
@Tag(name = "Deployments")
@RequestMapping("/v1/aliases")
class AliasResource {

  private final Aliases aliases;

  AliasResource(Aliases aliases) {
    this.aliases = aliases;
  }

  /// Whom a name is given to.
  ///
  /// @param agentId one of the user's agents
  record AliasRequest(@NotNull UUID agentId) {}

  /// How far to go back.
  ///
  /// @param to number of the change to go back to; null for the one before the last
  record RollbackRequest(@Nullable @Min(1) Integer to) {}

  @Operation(operationId = "listAliases", summary = "Names of the user that stand for agents")
  @GetMapping
  Page<AliasView> list() {
    return new Page<>(aliases.list(), null);
  }

  @Operation(operationId = "getAlias", summary = "One name")
  @ApiResponse(responseCode = "200", description = "The name and whom it stands for")
  @ApiResponse(responseCode = "404", description = "No such name of this user")
  @GetMapping("/{name}")
  AliasView get(@PathVariable String name) {
    return aliases.get(name);
  }

  @Operation(
      operationId = "setAlias",
      summary = "Give a name to an agent",
      description =
          "The agent is deployed and in memory first. Requests under way end where they began.")
  @ApiResponse(responseCode = "200", description = "The name, which stands for the agent now")
  @ApiResponse(responseCode = "404", description = "No such agent of this user")
  @ApiResponse(responseCode = "409", description = "Another change of the name was first")
  @PutMapping("/{name}")
  AliasView set(@PathVariable String name, @Valid @RequestBody AliasRequest request)
      throws IOException {
    return aliases.set(name, request.agentId());
  }

  @Operation(operationId = "getAliasHistory", summary = "The changes of a name, the last first")
  @ApiResponse(responseCode = "200", description = "The last 100 changes")
  @ApiResponse(responseCode = "404", description = "The user never had such a name")
  @GetMapping("/{name}/history")
  Page<AliasChange> history(@PathVariable String name) {
    return new Page<>(aliases.history(name), null);
  }

  @Operation(operationId = "rollBackAlias", summary = "Give a name back to an earlier agent")
  @ApiResponse(responseCode = "200", description = "The name, which stands for that agent again")
  @ApiResponse(responseCode = "404", description = "No such name, or that agent was deleted")
  @ApiResponse(responseCode = "409", description = "There was none before")
  @PostMapping("/{name}/rollback")
  AliasView rollBack(
      @PathVariable String name,
      @Valid @RequestBody(required = false) @Nullable RollbackRequest request)
      throws IOException {
    return aliases.rollBack(name, request == null ? null : request.to());
  }

  @Operation(operationId = "deleteAlias", summary = "Take a name away; the agent stays deployed")
  @ApiResponse(responseCode = "404", description = "No such name of this user")
  @DeleteMapping("/{name}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@PathVariable String name) {
    aliases.delete(name);
  }
}
