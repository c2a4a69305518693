package ai.hartonomous.platform.graph;

import ai.hartonomous.platform.graph.Graphs.Paths;
import ai.hartonomous.platform.web.Page;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/graph`: the questions of `/v1/circuits`, asked about all of the user's circuits together.
@RestController
@Tag(name = "Circuits")
@RequestMapping("/v1/graph")
class GraphResource {

  private final Graphs graphs;
  private final GraphExport export;

  GraphResource(Graphs graphs, GraphExport export) {
    this.graphs = graphs;
    this.export = export;
  }

  @Operation(operationId = "getNeighbours", summary = "What lies around a feature")
  @ApiResponse(responseCode = "200", description = "Neighbourhood", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "404", description = "No such feature of this user")
  @ApiResponse(responseCode = "422", description = "Too much would have to be read")
  @GetMapping("/neighbours")
  Neighbourhood neighbours(@ParameterObject GraphAsked.Neighbours asked) {
    return graphs.neighbourhood(null, asked.walk());
  }

  @Operation(operationId = "getPaths", summary = "Strongest paths between two features")
  @ApiResponse(responseCode = "200", description = "Paths", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "404", description = "No such feature of this user")
  @ApiResponse(responseCode = "422", description = "Too much would have to be read")
  @GetMapping("/paths")
  Paths paths(@ParameterObject GraphAsked.Ways asked) {
    return graphs.paths(null, asked.fromId(), asked.toId(), asked.paths());
  }

  @Operation(operationId = "getCentrality", summary = "Most central features, by PageRank")
  @ApiResponse(responseCode = "200", description = "Features", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "422", description = "The graph is too large")
  @GetMapping("/centrality")
  Page<Centrality> centrality(@RequestParam(defaultValue = "100") int limit) {
    return new Page<>(graphs.centrality(null, limit), null);
  }

  @Operation(operationId = "listRetainingAgents", summary = "Agents that retain a feature")
  @ApiResponse(responseCode = "200", description = "Agents", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "404", description = "No such feature of this user")
  @GetMapping("/agents")
  Page<UUID> agents(@RequestParam String feature) {
    return new Page<>(graphs.agents(feature), null);
  }

  @Operation(operationId = "exportGraph", summary = "The whole graph for other programs")
  @ApiResponse(
      responseCode = "200",
      description = "Node-link JSON, GraphML or Cypher",
      content = @Content(mediaType = "*/*", schema = @Schema(type = "string", format = "binary")))
  @ApiResponse(responseCode = "422", description = "The graph is too large")
  @GetMapping("/export")
  void export(@RequestParam(defaultValue = "node-link") String format, HttpServletResponse response)
      throws IOException {
    export.answer(GraphExport.Format.of(format), () -> graphs.all(null), response);
  }
}
