package ai.hartonomous.platform.corpus;

import ai.hartonomous.platform.corpus.Corpora.CorpusView;
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
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/corpora`: texts that models read while coders are trained and features are described.
@RestController
@Tag(name = "Corpora")
@RequestMapping("/v1/corpora")
class CorpusResource {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  private final Corpora corpora;

  CorpusResource(Corpora corpora) {
    this.corpora = corpora;
  }

  @Operation(operationId = "registerCorpus", summary = "Register a text")
  @ApiResponse(responseCode = "201", description = "Text registered", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "409", description = "The name is taken")
  @ApiResponse(responseCode = "422", description = "The text is wrong")
  @PostMapping(consumes = MediaType.TEXT_PLAIN_VALUE)
  ResponseEntity<CorpusView> registerText(@RequestParam String name, HttpServletRequest request)
      throws IOException {
    return register(name, "corpus.txt", request);
  }

  @Operation(operationId = "registerCorpus", summary = "Register a text")
  @ApiResponse(responseCode = "201", description = "Text registered", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "409", description = "The name is taken")
  @ApiResponse(responseCode = "422", description = "The text is wrong")
  @PostMapping(consumes = {"application/jsonl", "application/x-ndjson"})
  ResponseEntity<CorpusView> registerLines(@RequestParam String name, HttpServletRequest request)
      throws IOException {
    return register(name, "corpus.jsonl", request);
  }

  private ResponseEntity<CorpusView> register(String name, String file, HttpServletRequest request)
      throws IOException {
    if (!NAME.matcher(name).matches()) {
      throw Problem.invalid("name", "must be 1 to 100 letters, digits and ._-");
    }
    CorpusView corpus = corpora.register(name, file, request.getInputStream());
    return ResponseEntity.created(URI.create("/v1/corpora/" + corpus.id())).body(corpus);
  }

  @Operation(operationId = "listCorpora", summary = "Texts of the user, oldest first")
  @GetMapping
  Page<CorpusView> list(
      @RequestParam @Nullable String cursor, @RequestParam(defaultValue = "50") int limit) {
    return corpora.list(cursor, limit);
  }

  @Operation(summary = "One text")
  @GetMapping("/{id}")
  CorpusView get(@PathVariable UUID id) {
    return corpora.get(id);
  }

  @Operation(summary = "Delete a text")
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@PathVariable UUID id) throws IOException {
    corpora.delete(id);
  }
}
