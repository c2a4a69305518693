package ai.hartonomous.platform.analysis;

import ai.hartonomous.platform.analysis.Analyses.AnalysisView;
import ai.hartonomous.platform.analysis.FeatureAnalysis.FeaturePage;
import ai.hartonomous.platform.job.JobView;
import ai.hartonomous.platform.web.Page;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.io.IOException;
import java.net.URI;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.MediaTypeFactory;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/models/{modelId}/transcoders`, `/features`, `/circuits`, `/graphs`, `/capabilities`,
/// `/embeddings`: what is found out about a model. Each is asked for with a request of its own;
/// what came of it is read in one way.
@RestController
@Tag(name = "Analyses")
@RequestMapping("/v1/models/{modelId}")
class AnalysisResource {

  private static final String KIND =
      "/{kind:transcoders|features|circuits|graphs|capabilities|embeddings}";

  private final Analyses analyses;
  private final FeatureAnalysis features;

  AnalysisResource(Analyses analyses, FeatureAnalysis features) {
    this.analyses = analyses;
    this.features = features;
  }

  @Operation(operationId = "trainTranscoders", summary = "Train transcoders of a model")
  @ApiResponse(responseCode = "202", description = "Job accepted", useReturnTypeSchema = true)
  @PostMapping("/transcoders")
  ResponseEntity<JobView> transcoders(
      @PathVariable UUID modelId, @Valid @RequestBody TranscoderRequest request) {
    return submit(modelId, AnalysisKind.TRANSCODERS, request.complete());
  }

  @Operation(operationId = "findCircuit", summary = "Find the circuit of a task in a model")
  @ApiResponse(responseCode = "202", description = "Job accepted", useReturnTypeSchema = true)
  @PostMapping("/circuits")
  ResponseEntity<JobView> circuits(
      @PathVariable UUID modelId, @Valid @RequestBody CircuitAsk request) {
    return submit(modelId, AnalysisKind.CIRCUITS, request.complete());
  }

  @Operation(operationId = "traceGraph", summary = "Trace the attribution graph of a prompt")
  @ApiResponse(responseCode = "202", description = "Job accepted", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "422", description = "Cannot be done with these transcoders")
  @PostMapping("/graphs")
  ResponseEntity<JobView> graphs(@PathVariable UUID modelId, @Valid @RequestBody GraphAsk request) {
    return submit(modelId, AnalysisKind.GRAPHS, request.complete());
  }

  @Operation(operationId = "describeFeatures", summary = "Describe the features of transcoders")
  @ApiResponse(responseCode = "202", description = "Job accepted", useReturnTypeSchema = true)
  @PostMapping("/features")
  ResponseEntity<JobView> features(
      @PathVariable UUID modelId, @Valid @RequestBody FeatureAsk request) {
    return submit(modelId, AnalysisKind.FEATURES, request.complete());
  }

  @Operation(
      operationId = "locateCapabilities",
      summary = "Find the components that respond to capabilities")
  @ApiResponse(responseCode = "202", description = "Job accepted", useReturnTypeSchema = true)
  @PostMapping("/capabilities")
  ResponseEntity<JobView> capabilities(
      @PathVariable UUID modelId, @Valid @RequestBody CapabilityAsk request) {
    return submit(modelId, AnalysisKind.CAPABILITIES, request.complete());
  }

  @Operation(
      operationId = "embedComponents",
      summary = "Store the embeddings of a model's components for searches")
  @ApiResponse(responseCode = "202", description = "Job accepted", useReturnTypeSchema = true)
  @PostMapping("/embeddings")
  ResponseEntity<JobView> embeddings(
      @PathVariable UUID modelId, @Valid @RequestBody EmbeddingAsk request) {
    return submit(modelId, AnalysisKind.EMBEDDINGS, request.complete());
  }

  @Operation(
      operationId = "listFeatures",
      summary = "Features of one coder with examples and labels")
  @GetMapping("/features/{id}/items")
  FeaturePage featureItems(
      @PathVariable UUID modelId,
      @PathVariable UUID id,
      @RequestParam String coder,
      @RequestParam(defaultValue = "0") int page)
      throws IOException {
    return features.page(analyses.folder(modelId, id, coder), coder, page);
  }

  private ResponseEntity<JobView> submit(UUID modelId, AnalysisKind kind, Object request) {
    JobView job = analyses.submit(modelId, kind, request);
    return ResponseEntity.accepted().location(URI.create("/v1/jobs/" + job.id())).body(job);
  }

  @Operation(operationId = "listAnalyses", summary = "Analyses of a model, oldest first")
  @GetMapping(KIND)
  Page<AnalysisView> list(
      @PathVariable UUID modelId,
      @PathVariable AnalysisKind kind,
      @RequestParam @Nullable String cursor,
      @RequestParam(defaultValue = "50") int limit) {
    return analyses.list(modelId, kind, cursor, limit);
  }

  @Operation(operationId = "getAnalysis", summary = "One analysis")
  @GetMapping(KIND + "/{id}")
  AnalysisView get(
      @PathVariable UUID modelId, @PathVariable AnalysisKind kind, @PathVariable UUID id) {
    return analyses.get(modelId, kind, id);
  }

  /// Answers range requests too.
  @Operation(
      operationId = "getAnalysisFile",
      summary = "One file of an analysis; answers range requests")
  @ApiResponse(
      responseCode = "200",
      description = "The file",
      content = @Content(mediaType = "*/*", schema = @Schema(type = "string", format = "binary")))
  @ApiResponse(
      responseCode = "206",
      description = "The range that was asked for",
      content = @Content(mediaType = "*/*", schema = @Schema(type = "string", format = "binary")))
  @ApiResponse(responseCode = "416", description = "No such range")
  @GetMapping(KIND + "/{id}/files")
  ResponseEntity<Resource> file(
      @PathVariable UUID modelId,
      @PathVariable AnalysisKind kind,
      @PathVariable UUID id,
      @RequestParam String path) {
    var file = new FileSystemResource(analyses.file(modelId, kind, id, path));
    MediaType type = MediaTypeFactory.getMediaType(file).orElse(MediaType.APPLICATION_OCTET_STREAM);
    return ResponseEntity.ok().contentType(type).body(file);
  }

  @Operation(operationId = "deleteAnalysis", summary = "Delete an analysis")
  @DeleteMapping(KIND + "/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@PathVariable UUID modelId, @PathVariable AnalysisKind kind, @PathVariable UUID id)
      throws IOException {
    analyses.delete(modelId, kind, id);
  }
}
