package ai.hartonomous.platform.graph;

import ai.hartonomous.platform.graph.Graphs.Paths;
import ai.hartonomous.platform.web.Page;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import java.io.IOException;
import java.net.URI;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.HttpStatus;
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

/// `/v1/circuits`: circuits are stored, and asked about.
@RestController
@Tag(name = "Circuits")
@RequestMapping("/v1/circuits")
class CircuitResource {

  private final Graphs graphs;
  private final GraphExport export;

  CircuitResource(Graphs graphs, GraphExport export) {
    this.graphs = graphs;
    this.export = export;
  }

  @Operation(
      operationId = "createCircuit",
      summary = "Store a circuit of features and relationships, or one that was measured")
  @ApiResponse(responseCode = "201", description = "Stored first", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "200", description = "Stored again", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "422", description = "A source model is not registered any more")
  @PostMapping
  ResponseEntity<Circuit> create(@Valid @RequestBody CircuitRequest request) throws IOException {
    Circuit circuit = graphs.save(request);
    boolean isNew = circuit.created().equals(circuit.updated());
    return ResponseEntity.status(isNew ? HttpStatus.CREATED : HttpStatus.OK)
        .location(URI.create("/v1/circuits/" + circuit.id()))
        .body(circuit);
  }

  @Operation(operationId = "listCircuits", summary = "Circuits, oldest first")
  @GetMapping
  Page<Circuit> list(
      @RequestParam @Nullable String cursor, @RequestParam(defaultValue = "50") int limit) {
    return graphs.circuits(cursor, limit);
  }

  @Operation(operationId = "getCircuit", summary = "One circuit")
  @GetMapping("/{id}")
  Circuit get(@PathVariable UUID id) {
    return graphs.circuit(id);
  }

  @Operation(
      operationId = "deleteCircuit",
      summary = "Remove a circuit, and those of its features that no other circuit has")
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@PathVariable UUID id) {
    graphs.delete(id);
  }

  @Operation(operationId = "getCircuitNeighbours", summary = "What lies around a feature")
  @ApiResponse(responseCode = "200", description = "Neighbourhood", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "422", description = "Too much would have to be read")
  @GetMapping("/{id}/neighbours")
  Neighbourhood neighbours(@PathVariable UUID id, @ParameterObject GraphAsked.Neighbours asked) {
    return graphs.neighbourhood(id, asked.walk());
  }

  @Operation(operationId = "getCircuitPaths", summary = "Strongest paths between two features")
  @ApiResponse(responseCode = "200", description = "Paths", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "422", description = "Too much would have to be read")
  @GetMapping("/{id}/paths")
  Paths paths(@PathVariable UUID id, @ParameterObject GraphAsked.Ways asked) {
    return graphs.paths(id, asked.fromId(), asked.toId(), asked.paths());
  }

  @Operation(operationId = "getCircuitCentrality", summary = "Most central features, by PageRank")
  @ApiResponse(responseCode = "200", description = "Features", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "422", description = "The circuit is too large")
  @GetMapping("/{id}/centrality")
  Page<Centrality> centrality(
      @PathVariable UUID id, @RequestParam(defaultValue = "100") int limit) {
    return new Page<>(graphs.centrality(id, limit), null);
  }

  @Operation(operationId = "exportCircuit", summary = "The circuit for other programs")
  @ApiResponse(
      responseCode = "200",
      description = "Node-link JSON, GraphML or Cypher",
      content = @Content(mediaType = "*/*", schema = @Schema(type = "string", format = "binary")))
  @ApiResponse(responseCode = "422", description = "The circuit is too large")
  @GetMapping("/{id}/export")
  void export(
      @PathVariable UUID id,
      @RequestParam(defaultValue = "node-link") String format,
      HttpServletResponse response)
      throws IOException {
    export.answer(GraphExport.Format.of(format), () -> graphs.all(id), response);
  }
}
