package ai.hartonomous.platform.cli;

import ai.hartonomous.platform.backup.Backup.Manifest;
import ai.hartonomous.platform.backup.Restore;
import ai.hartonomous.platform.database.OfflineDatabase;
import ai.hartonomous.platform.database.OfflineDatabase.Mode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// `hartonomous restore`: brings a backup into an empty database and data folder.
@Command(
    name = "restore",
    description = {
      "Brings a backup into an empty database and an empty data folder.",
      "The database is the one that SPRING_DATASOURCE_URL, _USERNAME and _PASSWORD name, the"
          + " embedded one without them; it need not be of the kind that the backup came from."
    },
    mixinStandardHelpOptions = true)
final class RestoreCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private DataOption data = new DataOption();

  @Option(names = "--from", required = true, paramLabel = "DIR", description = "The backup.")
  private Path backup = Path.of("backup");

  @Option(names = "--json", description = "Prints a JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException {
    OfflineDatabase database = OfflineDatabase.of(data.folder(), Mode.CREATED);
    Manifest read = new Restore(database.source(), database.kind(), data.folder()).read(backup);
    spec.commandLine()
        .getOut()
        .println(
            asJson
                ? JsonMapper.shared().writeValueAsString(read)
                : "Restored %d rows and %d files (%d bytes) of %s."
                    .formatted(
                        read.rows().values().stream().mapToLong(Long::longValue).sum(),
                        read.files(),
                        read.bytes(),
                        read.created()));
    return 0;
  }
}
