package ai.hartonomous.platform.job;

import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.io.IOException;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/jobs`: long work is watched and ended.
@RestController
@RequestMapping("/v1/jobs")
class JobResource {

  private final Jobs jobs;
  private final JobStream stream;

  JobResource(Jobs jobs, JobStream stream) {
    this.jobs = jobs;
    this.stream = stream;
  }

  @Operation(summary = "Jobs of the user, oldest first")
  @GetMapping
  Page<JobView> list(
      @RequestParam(defaultValue = "") Set<JobState> state,
      @RequestParam(defaultValue = "") @Size(max = 50) String kind,
      @RequestParam @Nullable String cursor,
      @RequestParam(defaultValue = "50") int limit) {
    return jobs.list(state, kind, cursor, limit);
  }

  @Operation(summary = "One job")
  @GetMapping("/{id}")
  JobView get(@PathVariable UUID id) {
    return jobs.get(id);
  }

  @Operation(
      operationId = "streamJobEvents",
      summary = "Events of a job as server-sent events, until it ends")
  @ApiResponse(
      responseCode = "200",
      description = "The events",
      content = @Content(mediaType = "text/event-stream", schema = @Schema(type = "string")))
  @GetMapping("/{id}/events")
  void events(
      @PathVariable UUID id,
      @RequestHeader(name = "Last-Event-ID", defaultValue = "0") int lastEvent,
      HttpServletResponse response)
      throws IOException, InterruptedException {
    if (lastEvent < 0) {
      throw Problem.invalid("Last-Event-ID", "must be the id of an event");
    }
    jobs.get(id);
    stream.write(id, lastEvent, response);
  }

  /// What a user may change of a waiting job.
  ///
  /// @param urgency which of the user's waiting jobs go first, from 0, the first, to 7
  record Change(@NotNull @Min(0) @Max(7) Integer urgency) {}

  @Operation(summary = "Change how urgent a waiting job is among the user's")
  @ApiResponse(responseCode = "409", description = "The job does not wait")
  @PatchMapping("/{id}")
  JobView change(@PathVariable UUID id, @Valid @RequestBody Change change) {
    return jobs.urge(id, change.urgency());
  }

  @Operation(summary = "Cancel a job")
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.ACCEPTED)
  JobView cancel(@PathVariable UUID id) {
    return jobs.cancel(id);
  }
}
