package ai.hartonomous.platform.deployment;

import ai.hartonomous.platform.deployment.Deployments.DeploymentHealth;
import ai.hartonomous.platform.deployment.Deployments.DeploymentView;
import ai.hartonomous.platform.web.Page;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.IOException;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
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

  @Operation(operationId = "deployAgent", summary = "Let an agent answer")
  @ApiResponse(
      responseCode = "409",
      description = "It is deployed already, or another one of its name is")
  @PostMapping("/agents/{id}/deployments")
  @ResponseStatus(HttpStatus.CREATED)
  DeploymentView deploy(@PathVariable UUID id) throws IOException {
    return deployments.deploy(id);
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
