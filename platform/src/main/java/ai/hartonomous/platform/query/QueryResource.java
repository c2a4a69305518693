package ai.hartonomous.platform.query;

import jakarta.validation.Valid;
import java.io.IOException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/models/query`: questions about models and their components.
@RestController
@RequestMapping("/v1/models/query")
class QueryResource {

  private final Queries queries;

  QueryResource(Queries queries) {
    this.queries = queries;
  }

  @PostMapping(consumes = "application/json")
  QueryAnswer query(@Valid @RequestBody ModelQuery query) throws IOException, InterruptedException {
    return queries.answer(query);
  }
}
