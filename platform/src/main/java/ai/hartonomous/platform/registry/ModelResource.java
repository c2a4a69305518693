package ai.hartonomous.platform.registry;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.registry.Models.ComponentView;
import ai.hartonomous.platform.registry.Models.LayerView;
import ai.hartonomous.platform.store.FileAnswers;
import ai.hartonomous.platform.store.Folders.Binary;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
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
import org.springframework.web.context.request.ServletWebRequest;

/// `/v1/models`: checkpoints come in and are looked at.
@RestController
@Tag(name = "Models")
@RequestMapping("/v1/models")
class ModelResource {

  private final Models models;
  private final Imports imports;
  private final FileAnswers files;
  private final Settings settings;

  ModelResource(Models models, Imports imports, FileAnswers files, Settings settings) {
    this.models = models;
    this.imports = imports;
    this.files = files;
    this.settings = settings;
  }

  /// A checkpoint in the server's import folder.
  ///
  /// @param name what its owner calls it
  /// @param path its place below the import folder
  record ImportRequest(
      @NotBlank @Size(max = 255) String name, @NotBlank @Size(max = 1000) String path) {}

  @Operation(operationId = "importModel", summary = "Import a model")
  @ApiResponse(responseCode = "201", description = "Model imported", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "422", description = "The checkpoint is wrong")
  @PostMapping(consumes = "application/json")
  ResponseEntity<ModelView> importFolder(@Valid @RequestBody ImportRequest request)
      throws IOException {
    return created(imports.register(request.name(), new LocalFolder(request.path(), settings)));
  }

  @Operation(operationId = "importModel", summary = "Import a model")
  @ApiResponse(responseCode = "201", description = "Model imported", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "422", description = "The checkpoint is wrong")
  @PostMapping(consumes = "application/x-tar")
  ResponseEntity<ModelView> uploadFolder(
      @Parameter(required = false, description = "Of an upload") @RequestParam String name,
      HttpServletRequest request)
      throws IOException {
    var upload = new TarUpload(request.getInputStream(), settings.uploads());
    return created(imports.register(checkedName(name), upload));
  }

  @Operation(operationId = "importModel", summary = "Import a model")
  @ApiResponse(responseCode = "201", description = "Model imported", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "422", description = "The checkpoint is wrong")
  @PostMapping(consumes = "application/octet-stream")
  ResponseEntity<ModelView> uploadFile(
      @Parameter(required = false, description = "Of an upload") @RequestParam String name,
      @Parameter(required = false, description = "Of an upload of one file") @RequestParam
          String filename,
      HttpServletRequest request)
      throws IOException {
    var upload = new FileUpload(request.getInputStream(), filename, settings.uploads());
    return created(imports.register(checkedName(name), upload));
  }

  @Operation(summary = "Models of the user, oldest first")
  @GetMapping
  Page<ModelView> list(
      @RequestParam @Nullable String cursor, @RequestParam(defaultValue = "50") int limit) {
    return models.list(cursor, limit);
  }

  @Operation(summary = "One model")
  @GetMapping("/{id}")
  ModelView get(@PathVariable UUID id) {
    return models.get(id);
  }

  @Operation(operationId = "getModelMetadata", summary = "What the checkpoint of a model states")
  @GetMapping("/{id}/metadata")
  MetadataView metadata(@PathVariable UUID id) {
    return models.metadata(id);
  }

  @Operation(operationId = "listFiles", summary = "Files of a model")
  @GetMapping("/{id}/files")
  List<Binary> files(@PathVariable UUID id) {
    return models.files(id);
  }

  @Operation(operationId = "getFile", summary = "A file of a model, whole or in ranges")
  @ApiResponse(
      responseCode = "200",
      description = "The file",
      content = @Content(mediaType = "*/*", schema = @Schema(type = "string", format = "binary")))
  @ApiResponse(
      responseCode = "206",
      description = "The ranges that were asked for",
      content = @Content(mediaType = "*/*", schema = @Schema(type = "string", format = "binary")))
  @ApiResponse(responseCode = "304", description = "The client has it", content = @Content)
  @ApiResponse(responseCode = "412", description = "Not the file that the client has")
  @ApiResponse(responseCode = "416", description = "No such range")
  @GetMapping("/{id}/files/{*path}")
  @Nullable ResponseEntity<Resource> file(
      @PathVariable UUID id, @PathVariable String path, ServletWebRequest request)
      throws IOException {
    models.require(id);
    return files.answer(id, path.substring(1), request);
  }

  @Operation(operationId = "listLayers", summary = "Layers of a model")
  @GetMapping("/{id}/layers")
  List<LayerView> layers(@PathVariable UUID id) {
    return models.layers(id);
  }

  @Operation(operationId = "listComponents", summary = "Components of a model")
  @GetMapping("/{id}/components")
  Page<ComponentView> components(
      @PathVariable UUID id,
      @RequestParam @Nullable Integer layer,
      @RequestParam @Nullable ComponentType type,
      @RequestParam @Nullable String cursor,
      @RequestParam(defaultValue = "100") int limit) {
    return models.components(id, layer, type, cursor, limit);
  }

  @Operation(summary = "Delete a model; agents made from it stay")
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@PathVariable UUID id) throws IOException {
    models.delete(id);
  }

  private static String checkedName(String name) {
    if (name.isBlank() || name.length() > 255) {
      throw Problem.invalid("name", "must have 1 to 255 characters");
    }
    return name;
  }

  private static ResponseEntity<ModelView> created(ModelView model) {
    return ResponseEntity.created(URI.create("/v1/models/" + model.id())).body(model);
  }
}
