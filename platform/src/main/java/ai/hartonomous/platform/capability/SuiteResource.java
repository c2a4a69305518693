package ai.hartonomous.platform.capability;

import ai.hartonomous.platform.capability.Suites.SuiteView;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/capabilities`: what agents can be asked to keep.
@RestController
@Tag(name = "Capabilities")
@RequestMapping("/v1/capabilities")
class SuiteResource {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  private final Suites suites;

  SuiteResource(Suites suites) {
    this.suites = suites;
  }

  @Operation(operationId = "registerSuite", summary = "Register a capability suite")
  @ApiResponse(responseCode = "201", description = "Suite registered", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "409", description = "The name is taken")
  @ApiResponse(responseCode = "422", description = "The suite is wrong")
  @PostMapping(consumes = {"application/jsonl", "application/x-ndjson"})
  ResponseEntity<SuiteView> register(@RequestParam String name, HttpServletRequest request)
      throws IOException {
    if (!NAME.matcher(name).matches()) {
      throw Problem.invalid("name", "must be 1 to 100 letters, digits and ._-");
    }
    SuiteView suite = suites.register(name, request.getInputStream());
    return ResponseEntity.created(URI.create("/v1/capabilities/" + suite.id())).body(suite);
  }

  @Operation(summary = "Capability suites of the user, oldest first")
  @GetMapping
  Page<SuiteView> list(
      @RequestParam @Nullable String cursor, @RequestParam(defaultValue = "50") int limit) {
    return suites.list(cursor, limit);
  }

  @Operation(summary = "One capability suite")
  @GetMapping("/{id}")
  SuiteView get(@PathVariable UUID id) {
    return suites.get(id);
  }

  @Operation(summary = "Delete a capability suite")
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@PathVariable UUID id) throws IOException {
    suites.delete(id);
  }
}
