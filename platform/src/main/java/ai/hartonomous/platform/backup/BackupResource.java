package ai.hartonomous.platform.backup;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.backup.Backup.Manifest;
import ai.hartonomous.platform.database.DatabaseKind;
import ai.hartonomous.platform.web.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/// `/v1/admin/backups`: the running server backs itself up to the folder that its owner configured.
/// What a backup holds is not served.
@Tag(name = "Administration")
@RestController
@RequestMapping("/v1/admin/backups")
class BackupResource {

  private final DataSource database;
  private final DatabaseKind kind;
  private final Settings settings;
  private final JsonMapper json;
  private final ReentrantLock running = new ReentrantLock();

  BackupResource(
      DataSource database, DataSourceProperties properties, Settings settings, JsonMapper json) {
    this.database = database;
    this.kind = DatabaseKind.of(properties.determineUrl());
    this.settings = settings;
    this.json = json;
  }

  /// A backup as the API shows it.
  ///
  /// @param name its folder in the folder of backups
  /// @param manifest what it has
  record BackupView(String name, Manifest manifest) {}

  /// Makes a backup and waits for it. Files that the last one has are linked.
  @Operation(operationId = "createBackup", summary = "Back up the running server")
  @ApiResponse(responseCode = "201", description = "Backup made", useReturnTypeSchema = true)
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  BackupView create() throws IOException {
    Path folder = folder();
    if (!running.tryLock()) {
      throw Problem.conflict("A backup is being made.");
    }
    try {
      InstantSource clock = InstantSource.system();
      String name =
          clock.instant().truncatedTo(ChronoUnit.MILLIS).toString().replaceAll("[:.]", "-");
      List<Path> complete = complete(folder);
      Path previous = complete.isEmpty() ? null : complete.getLast();
      Manifest made =
          new Backup(database, kind, settings.data(), clock).write(folder.resolve(name), previous);
      return new BackupView(name, made);
    } finally {
      running.unlock();
    }
  }

  @Operation(operationId = "listBackups", summary = "Backups, the last one last")
  @GetMapping
  List<BackupView> list() throws IOException {
    Path folder = settings.store().backupDir();
    return folder == null ? List.of() : complete(folder).stream().map(this::view).toList();
  }

  private BackupView view(Path backup) {
    Path manifest = backup.resolve(Backup.MANIFEST);
    return new BackupView(
        backup.getFileName().toString(), json.readValue(manifest, Manifest.class));
  }

  private Path folder() {
    @Nullable Path folder = settings.store().backupDir();
    if (folder == null) {
      throw Problem.conflict("This server has no folder for backups.");
    }
    return folder;
  }

  /// {@return the finished backups, the last one last}
  private static List<Path> complete(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> found = Files.list(folder)) {
      return found
          .filter(backup -> Files.exists(backup.resolve(Backup.MANIFEST)))
          .sorted(Comparator.comparing(Path::getFileName))
          .toList();
    }
  }
}
