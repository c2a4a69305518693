package ai.hartonomous.platform.deployment;

import ai.hartonomous.platform.deployment.Deployments.DeploymentHealth;
import ai.hartonomous.platform.deployment.Deployments.DeploymentView;
import ai.hartonomous.platform.web.Page;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/agents/{id}/deployments` and `/v1/deployments`: agents begin and cease to answer.
@RestController
@Tag(name = "Deployments")
@RequestMapping("/v1")
class DeploymentResource {

  private final Deployments deployments;

  DeploymentResource(Deployments deployments) {
    this.deployments = deployments;
  }

  /// Where an agent is to compute.
  ///
  /// @param type `local` or `worker`; null for where it does, in the server at first
  record DeploymentRequest(@Nullable DeploymentType type) {}

  @Operation(
      operationId = "deployAgent",
      summary = "Let an agent answer",
      description =
          "In the server, or in a worker: a process of its own. An agent that is deployed goes on"
              + " answering while it is brought elsewhere.")
  @ApiResponse(responseCode = "201", description = "It can be asked")
  @ApiResponse(responseCode = "404", description = "No such agent of this user")
  @ApiResponse(responseCode = "409", description = "This server starts no workers")
  @ApiResponse(
      responseCode = "422",
      description = "It does not fit into memory, or a file differs from its manifest")
  @ApiResponse(
      responseCode = "503",
      description = "All workers of this server are answering, or the agent's does not start")
  @PostMapping("/agents/{id}/deployments")
  @ResponseStatus(HttpStatus.CREATED)
  DeploymentView deploy(
      @PathVariable UUID id,
      @Valid @RequestBody(required = false) @Nullable DeploymentRequest request)
      throws IOException {
    return deployments.deploy(id, request == null ? null : request.type());
  }

  @Operation(summary = "Deployments of the user")
  @GetMapping("/deployments")
  Page<DeploymentView> list() {
    return new Page<>(deployments.list(), null);
  }

  @Operation(operationId = "getDeploymentHealth", summary = "How a deployment is on this node")
  @ApiResponse(responseCode = "200", description = "Whether it is in memory, and what it does")
  @ApiResponse(responseCode = "404", description = "No such deployment of this user")
  @GetMapping("/deployments/{id}/health")
  DeploymentHealth health(@PathVariable UUID id) {
    return deployments.health(id);
  }

  @Operation(summary = "Let an agent cease to answer")
  @ApiResponse(responseCode = "409", description = "An alias stands for the agent")
  @DeleteMapping("/deployments/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@PathVariable UUID id) {
    deployments.delete(id);
  }
}
