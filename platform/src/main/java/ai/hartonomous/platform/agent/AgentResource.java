package ai.hartonomous.platform.agent;

import ai.hartonomous.platform.agent.Agents.AgentView;
import ai.hartonomous.platform.agent.Agents.Created;
import ai.hartonomous.platform.job.JobView;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Patience;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.validation.Valid;
import java.io.IOException;
import java.net.URI;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/agents`: specialists are made and looked at.
@RestController
@RequestMapping("/v1/agents")
class AgentResource {

  private final Agents agents;

  AgentResource(Agents agents) {
    this.agents = agents;
  }

  @Operation(operationId = "createAgent", summary = "Create new AI agent through distillation")
  @ApiResponse(
      responseCode = "201",
      description = "Agent created successfully",
      content = @Content(schema = @Schema(ref = "#/components/schemas/AgentCreationResponse")))
  @ApiResponse(
      responseCode = "202",
      description = "Still at work; the job tells when it is done",
      content = @Content(schema = @Schema(implementation = JobView.class)))
  @ApiResponse(responseCode = "404", description = "No such model of this user")
  @PostMapping
  ResponseEntity<Object> create(
      @Valid @RequestBody AgentRequest request,
      @RequestHeader(name = "Prefer", required = false) @Nullable String prefer)
      throws IOException, InterruptedException {
    Created created = agents.create(request, Patience.of(prefer));
    AgentView agent = created.agent();
    if (agent != null) {
      return ResponseEntity.created(URI.create("/v1/agents/" + agent.id())).body(agent);
    }
    JobView job = created.job();
    return ResponseEntity.accepted().location(URI.create("/v1/jobs/" + job.id())).body(job);
  }

  @Operation(summary = "Agents of the user, oldest first")
  @GetMapping
  Page<AgentSummary> list(
      @RequestParam @Nullable String cursor, @RequestParam(defaultValue = "50") int limit) {
    return agents.list(cursor, limit);
  }

  @Operation(summary = "One agent")
  @GetMapping("/{id}")
  AgentView get(@PathVariable UUID id) {
    return agents.get(id);
  }

  @Operation(summary = "Delete an agent; it no longer answers")
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@PathVariable UUID id) throws IOException {
    agents.delete(id);
  }
}
