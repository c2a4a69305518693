package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.capability.Metric;
import ai.hartonomous.distill.capability.SuiteException;
import ai.hartonomous.distill.task.MappedTasks;
import ai.hartonomous.distill.task.PromptFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `hartonomous suite import`: makes a suite of files of other tools.
@Command(
    name = "import",
    description = "Makes a suite of task files, prompt files or texts.",
    mixinStandardHelpOptions = true)
final class SuiteImportCommand implements Callable<Integer> {

  private enum Format {
    BLIMP,
    CHOICES,
    GENERATION,
    SVA,
    IOI,
    GREATER_THAN,
    TEXT
  }

  @Spec private CommandSpec spec;
  @Mixin private MappingOptions mapping;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Files to read; for ioi the folder with the lists.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--format",
      required = true,
      paramLabel = "NAME",
      description = "blimp, choices, generation, sva, ioi, greater-than or text.")
  private String format = "";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "Suite to write; must not exist.")
  private Path out = Path.of("");

  @Option(
      names = "--capability",
      paramLabel = "NAME",
      description = "Name of what the items measure (default: the file's name; blimp: its UID).")
  private @Nullable String capability;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      description = "What choices are measured by (default: acc, or the preset's).")
  private @Nullable String metric;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Most items of a file; for ioi their number (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(
      names = "--bytes",
      paramLabel = "N",
      defaultValue = "2000",
      description = "text: most bytes of a piece, 100 to 30000 (default: ${DEFAULT-VALUE}).")
  private int bytes;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "ioi: decides the items (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--split",
      paramLabel = "PART",
      description = "calibration or held_out, for all items (default: by the hash of each).")
  private @Nullable String split;

  @Option(names = "--json", description = "Prints a JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException {
    Format known = format();
    if (limit < 1 || limit > CapabilitySuite.MAX_ITEMS || bytes < 100 || bytes > 30_000) {
      throw wrongUse("--limit lies between 1 and 100000, --bytes between 100 and 30000.");
    }
    if (Files.exists(out)) {
      throw new IOException(out + " exists already");
    }
    List<CapabilityItem> items = new ArrayList<>();
    for (CapabilityItem item : read(known)) {
      items.add(
          new CapabilityItem(
              item.id(), item.capability(), item.task(), split == null ? item.split() : part()));
    }
    CapabilitySuite suite;
    try {
      suite = new CapabilitySuite(items);
    } catch (IllegalArgumentException e) {
      throw new SuiteException(files.getFirst() + ": " + e.getMessage());
    }
    suite.write(out);
    SuiteText.print(spec.commandLine().getOut(), suite, 0, asJson);
    return 0;
  }

  private Format format() {
    for (Format known : Format.values()) {
      if (known.name().replace('_', '-').equals(format.toUpperCase(Locale.ROOT))) {
        return known;
      }
    }
    throw wrongUse("--format is blimp, choices, generation, sva, ioi, greater-than or text.");
  }

  private Split part() {
    for (Split known : Split.values()) {
      if (known.label().equals(split)) {
        return known;
      }
    }
    throw wrongUse("--split is calibration or held_out.");
  }

  private List<CapabilityItem> read(Format known) throws IOException {
    if (known == Format.CHOICES || known == Format.GENERATION) {
      var tasks = new MappedTasks(mapping.mapping(known == Format.GENERATION, metric()));
      return tasks.read(files, name(files.getFirst()), limit);
    }
    List<CapabilityItem> items = new ArrayList<>();
    for (Path file : files) {
      items.addAll(
          switch (known) {
            case BLIMP -> PromptFiles.blimp(file, limit);
            case IOI -> PromptFiles.indirectObject(file, name(file), limit, seed);
            case TEXT -> PromptFiles.text(file, name(file), bytes, limit);
            case SVA, GREATER_THAN, CHOICES, GENERATION ->
                PromptFiles.contrasts(file, name(file), limit);
          });
    }
    return items;
  }

  private @Nullable Metric metric() {
    if (metric == null) {
      return null;
    }
    return Metric.of(metric)
        .orElseThrow(() -> wrongUse("--metric '%s' is not known.".formatted(metric)));
  }

  private String name(Path file) {
    if (capability != null) {
      return capability;
    }
    Path last = file.toAbsolutePath().normalize().getFileName();
    String name = last == null ? "suite" : last.toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  private ParameterException wrongUse(String reason) {
    return new ParameterException(spec.commandLine(), reason);
  }
}
