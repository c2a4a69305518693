package ai.hartonomous.platform.cli;

import ai.hartonomous.platform.Application;
import ai.hartonomous.platform.vector.IndexCheck;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.springframework.beans.BeansException;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hartonomous index`: this node's index of vectors, for operators. The database is that of the
/// environment (`SPRING_DATASOURCE_URL`), or the one in the data folder.
@Command(
    name = "index",
    description = "Compares this node's index of vectors with the database, or makes it anew.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {IndexCommand.Check.class, IndexCommand.Rebuild.class})
final class IndexCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command.");
  }

  /// What a verb does with the index.
  interface Work {
    int with(IndexCheck index) throws IOException;
  }

  /// What both verbs share.
  abstract static class Verb implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Mixin private DataOption data = new DataOption();

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean asJson;

    final int on(Work work) throws IOException {
      var properties =
          Map.of(
              "hartonomous.data",
              data.folder().toAbsolutePath().toString(),
              "logging.threshold.console",
              "off");
      try (ConfigurableApplicationContext rooms = Application.offline(properties)) {
        return work.with(rooms.getBean(IndexCheck.class));
      } catch (BeansException e) { // the database is opened with the first bean that needs it
        throw new IOException(
            "%s cannot be opened: %s"
                .formatted(data.folder(), e.getMostSpecificCause().getMessage()),
            e);
      }
    }

    final void print(Map<String, ?> figures, String text) throws IOException {
      spec.commandLine()
          .getOut()
          .println(asJson ? ModelSource.mapper().writeValueAsString(figures) : text);
      spec.commandLine().getOut().flush();
    }

    final void tell(long done) {
      if (!asJson && done % 10_000 == 0) {
        spec.commandLine().getErr().printf("%,d changes read%n", done);
      }
    }
  }

  /// `hartonomous index check`.
  @Command(
      name = "check",
      description =
          "Compares the index with the database row by row. Exit code 1 if they do not agree.",
      mixinStandardHelpOptions = true)
  static final class Check extends Verb {

    @Override
    public Integer call() throws IOException {
      return on(
          index -> {
            IndexCheck.Findings found = index.check();
            print(
                Map.of(
                    "agrees", found.agrees(),
                    "rows", found.rows(),
                    "documents", found.documents(),
                    "unread", found.unread(),
                    "missing", found.missing(),
                    "outdated", found.outdated(),
                    "leftOver", found.leftOver()),
                "%,d rows, %,d in the index; %,d changes not read yet; %,d missing, %,d outdated, %,d left over"
                    .formatted(
                        found.rows(),
                        found.documents(),
                        found.unread(),
                        found.missing(),
                        found.outdated(),
                        found.leftOver()));
            return found.agrees() ? 0 : 1;
          });
    }
  }

  /// `hartonomous index rebuild`.
  @Command(
      name = "rebuild",
      description = "Makes the index anew from the database.",
      mixinStandardHelpOptions = true)
  static final class Rebuild extends Verb {

    @Override
    public Integer call() throws IOException {
      return on(
          index -> {
            long rows = index.rebuild(this::tell);
            print(Map.of("documents", rows), "%,d embeddings in the index".formatted(rows));
            return 0;
          });
    }
  }
}
