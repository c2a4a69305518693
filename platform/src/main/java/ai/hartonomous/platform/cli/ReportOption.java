package ai.hartonomous.platform.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import tools.jackson.databind.node.ObjectNode;

/// The option `--report FILE` of every verb whose figures `verify` can compute again. Such a verb
/// is named in {@link VerifyCommand}, writes nothing else than this file and what `--out` names,
/// and draws all chance from a seed on its command line.
final class ReportOption {
  /// Options that say where something is written; a report does not keep them.
  static final List<String> WRITING = List.of("--report", "--out");

  /// A run that went on where it had stopped gives what it gives in one piece.
  private static final String RESUME = "--resume";

  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Writes the figures and what 'verify' needs to compute them again.")
  private @Nullable Path file;

  /// Writes the report if the command line asks for one.
  ///
  /// @param read every file and folder that the figures came from
  /// @param figures numbers, texts and lists; nothing that depends on the clock
  void write(List<Path> read, ObjectNode figures) throws IOException {
    write(read, figures, List.of());
  }

  /// Writes the report of a verb that must be told where to write.
  ///
  /// @param read every file and folder that the figures came from
  /// @param figures numbers, texts and lists; nothing that depends on the clock or on `out`
  /// @param out the folder, which holds nothing else
  void write(List<Path> read, ObjectNode figures, Path out) throws IOException {
    if (file != null) {
      write(read, figures, Report.written(out));
    }
  }

  private void write(List<Path> read, ObjectNode figures, List<Report.Input> written)
      throws IOException {
    if (file == null) {
      return;
    }
    List<Report.Input> inputs = new ArrayList<>();
    for (Path path : read) {
      inputs.addAll(Report.inputs(path));
    }
    new Report(arguments(), Report.Machine.here(), inputs, written, figures).write(file);
  }

  /// {@return those paths that options gave}
  static List<Path> given(@Nullable Path... paths) {
    List<Path> given = new ArrayList<>();
    for (Path path : paths) {
      if (path != null) {
        given.add(path);
      }
    }
    return given;
  }

  /// For verbs that write into folders that exist: their report names all that is there.
  void refuseUnlessEmpty(Path out) throws IOException {
    if (file != null && Files.exists(out) && !Report.written(out).isEmpty()) {
      throw new IOException(out + " holds files; --report needs a folder that is new or empty");
    }
  }

  private List<String> arguments() {
    CommandLine root = spec.commandLine();
    while (root.getParent() != null) {
      root = root.getParent();
    }
    return kept(root.getParseResult().originalArgs());
  }

  /// {@return the words without options that write, and without their values, and without
  /// `--resume`}
  static List<String> kept(List<String> words) {
    List<String> kept = new ArrayList<>();
    boolean value = false;
    for (String word : words) {
      boolean writes = WRITING.stream().anyMatch(o -> word.equals(o) || word.startsWith(o + "="));
      if (!value && !writes && !word.equals(RESUME)) {
        kept.add(word);
      }
      value = !value && WRITING.contains(word);
    }
    return kept;
  }
}
