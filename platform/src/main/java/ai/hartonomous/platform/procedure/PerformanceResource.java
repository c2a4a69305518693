package ai.hartonomous.platform.procedure;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/admin/performance`: what the database tells about its statements, tables and indexes. The
/// rules of the security room let administrators through, nobody else.
@RestController
@Tag(name = "Administration")
class PerformanceResource {

  private final Performance performance;

  PerformanceResource(Performance performance) {
    this.performance = performance;
  }

  @Operation(
      operationId = "getPerformance",
      summary = "Statistics of the database's statements, tables and indexes; administrators only")
  @GetMapping("/v1/admin/performance")
  Performance.Metrics performance(@RequestParam(defaultValue = "100") int limit) {
    return performance.read(limit);
  }
}
