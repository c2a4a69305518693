package ai.hartonomous.platform.query;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.io.IOException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/models/query`: questions about models and their components.
@RestController
@RequestMapping("/v1/models/query")
@Tag(name = "Models")
class QueryResource {

  private final Queries queries;

  QueryResource(Queries queries) {
    this.queries = queries;
  }

  @Operation(
      operationId = "queryModels",
      summary =
          "Models by what they state, components and features by nearness or by a text, features and"
              + " paths of the graph")
  @ApiResponse(responseCode = "200", description = "Found", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "404", description = "No such model, component, feature or circuit")
  @PostMapping(consumes = "application/json")
  QueryAnswer query(@Valid @RequestBody ModelQuery query) throws IOException, InterruptedException {
    return queries.answer(query);
  }
}
