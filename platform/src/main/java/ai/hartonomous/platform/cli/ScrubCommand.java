package ai.hartonomous.platform.cli;

import ai.hartonomous.platform.database.DatabaseKind;
import ai.hartonomous.platform.database.OfflineDatabase;
import ai.hartonomous.platform.database.OfflineDatabase.Mode;
import ai.hartonomous.platform.store.Scrubber;
import ai.hartonomous.platform.store.Scrubber.Report;
import ai.hartonomous.platform.store.StoreLayout;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// `hartonomous scrub`: compares every stored file with its row.
@Command(
    name = "scrub",
    description = {
      "Reads every stored file and compares it with its row; mends what can be mended.",
      "Ends with 1 if a file is rotten or missing. With the embedded database the server must be"
          + " stopped; it scrubs by itself while it runs."
    },
    mixinStandardHelpOptions = true)
final class ScrubCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private DataOption data = new DataOption();

  @Option(names = "--json", description = "Prints a JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException {
    OfflineDatabase database = OfflineDatabase.of(data.folder(), Mode.EXISTING);
    Duration age = database.kind() == DatabaseKind.H2 ? Duration.ZERO : Duration.ofDays(1);
    Report report = new Scrubber(database.source(), StoreLayout.in(data.folder()), age).scrub();
    PrintWriter out = spec.commandLine().getOut();
    if (asJson) {
      out.println(JsonMapper.shared().writeValueAsString(report));
    } else {
      report.rotten().forEach(it -> out.println("rotten: " + it.folder() + "/" + it.path()));
      report.missing().forEach(it -> out.println("missing: " + it.folder() + "/" + it.path()));
      out.printf(
          "%d files: %d rotten, %d missing, %d mended; %d folders and %d contents in no use removed%n",
          report.files(),
          report.rotten().size(),
          report.missing().size(),
          report.relinked(),
          report.folders(),
          report.blobs());
    }
    return report.sound() ? 0 : 1;
  }
}
