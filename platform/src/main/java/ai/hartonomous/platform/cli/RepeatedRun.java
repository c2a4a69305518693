package ai.hartonomous.platform.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// The command of a report, run again where it writes to nothing but a new temporary folder. The
/// report may come from anyone: only verbs of a list run, and what they write is named here alone.
final class RepeatedRun implements AutoCloseable {
  private final Path file;
  private final Path folder;
  private final List<String> words;

  private RepeatedRun(Path file, Path folder, List<String> words) {
    this.file = file;
    this.folder = folder;
    this.words = words;
  }

  /// Makes the folder; nothing runs yet.
  ///
  /// @param file of the report, for complaints
  /// @param arguments the command line of the report
  /// @param verbs which may run
  /// @throws IOException if the command is none of them or says itself where to write
  static RepeatedRun of(Path file, List<String> arguments, Set<String> verbs) throws IOException {
    String verb = "";
    CommandLine command = commandLine();
    for (String word : arguments) {
      CommandLine next = command.getSubcommands().get(word);
      if (next == null) {
        break;
      }
      verb = verb.isEmpty() ? word : verb + " " + word;
      command = next;
    }
    if (!verbs.contains(verb)) {
      throw fault(file, "'%s' is no verb that reports may run".formatted(verb));
    }
    OptionSpec out = command.getCommandSpec().findOption("--out");
    Path folder = Files.createTempDirectory("hartonomous-verify");
    var run = new RepeatedRun(file, folder, new ArrayList<>(arguments));
    try {
      run.words.add("--report=" + run.report());
      Path written = out != null && out.required() ? folder.resolve("out") : null;
      if (written != null) {
        run.words.add("--out=" + written);
      }
      run.refuseUnlessWrites(written);
      return run;
    } catch (IOException e) {
      run.close();
      throw e;
    }
  }

  private Path report() {
    return folder.resolve("report.json");
  }

  /// A word that begins with `@` stays a word, so that a report cannot bring in other files.
  private static CommandLine commandLine() {
    return Main.commandLine().setExpandAtFiles(false);
  }

  /// Looks at what the whole command line comes to, however its words are arranged.
  private void refuseUnlessWrites(@Nullable Path out) throws IOException {
    ParseResult parsed;
    for (String option : ReportOption.WRITING) {
      if (words.stream().filter(word -> writes(word, option)).count() > needed(option, out)) {
        throw fault(file, option + " would write a file");
      }
    }
    try {
      parsed = commandLine().parseArgs(words.toArray(String[]::new));
    } catch (ParameterException e) {
      throw fault(file, "" + e.getMessage());
    }
    while (parsed.hasSubcommand()) {
      parsed = parsed.subcommand();
    }
    Object report = parsed.matchedOptionValue("--report", null);
    Object written = parsed.matchedOptionValue("--out", null);
    boolean own = report().equals(report) && (out == null ? written == null : out.equals(written));
    if (!own) {
      throw fault(file, "no command with all that it needs");
    }
  }

  private static boolean writes(String word, String option) {
    return word.equals(option) || word.startsWith(option + "=");
  }

  private static int needed(String option, @Nullable Path out) {
    return option.equals("--report") || out != null ? 1 : 0;
  }

  /// {@return what came out}
  ///
  /// @throws IOException if the command fails
  Report run() throws IOException {
    var complaint = new StringWriter();
    int exitCode =
        commandLine()
            .setOut(new PrintWriter(new StringWriter()))
            .setErr(new PrintWriter(complaint))
            .execute(words.toArray(String[]::new));
    if (exitCode != 0) {
      throw new IOException(
          "%s: the stored command failed: %s".formatted(file, complaint.toString().strip()));
    }
    return Report.read(report());
  }

  /// Deletes what was written.
  @Override
  public void close() throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }

  private static IOException fault(Path file, String complaint) {
    return new IOException("%s at arguments: %s".formatted(file, complaint));
  }
}
