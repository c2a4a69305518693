package ai.hartonomous.platform.cli;

import ai.hartonomous.platform.backup.Backup;
import ai.hartonomous.platform.backup.Backup.Manifest;
import ai.hartonomous.platform.database.OfflineDatabase;
import ai.hartonomous.platform.database.OfflineDatabase.Mode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// `hartonomous backup`: writes all rows and files of a server to a folder.
@Command(
    name = "backup",
    description = {
      "Writes all rows, as they are at one moment, and all stored files to a folder.",
      "With the embedded database the server must be stopped; with others it may run. The"
          + " database is the one that SPRING_DATASOURCE_URL, _USERNAME and _PASSWORD name."
    },
    mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private DataOption data = new DataOption();

  @Option(
      names = "--to",
      required = true,
      paramLabel = "DIR",
      description = "Receives the backup; new or empty.")
  private Path target = Path.of("backup");

  @Option(
      names = "--previous",
      paramLabel = "DIR",
      description = "An earlier backup on the same disk: files that it has are linked, not copied.")
  private @Nullable Path previous;

  @Option(names = "--json", description = "Prints a JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException {
    OfflineDatabase database = OfflineDatabase.of(data.folder(), Mode.EXISTING);
    Manifest made =
        new Backup(database.source(), database.kind(), data.folder(), InstantSource.system())
            .write(target, previous);
    spec.commandLine()
        .getOut()
        .println(
            asJson
                ? JsonMapper.shared().writeValueAsString(made)
                : "Backed up %d rows and %d files (%d bytes) to %s."
                    .formatted(
                        made.rows().values().stream().mapToLong(Long::longValue).sum(),
                        made.files(),
                        made.bytes(),
                        target));
    return 0;
  }
}
