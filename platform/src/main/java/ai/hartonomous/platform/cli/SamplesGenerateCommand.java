package ai.hartonomous.platform.cli;

import ai.hartonomous.samples.Corpus;
import ai.hartonomous.samples.CorpusFiles;
import ai.hartonomous.samples.skill.Skill;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous samples generate`: writes exercises and suites of every skill.
@Command(
    name = "generate",
    description = "Writes training exercises and capability suites of every skill.",
    mixinStandardHelpOptions = true)
final class SamplesGenerateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to write.")
  private Path out = Path.of("");

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Source of all choices (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--exercises",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Training exercises of each skill (default: ${DEFAULT-VALUE}).")
  private int exercises;

  @Option(
      names = "--suite-items",
      paramLabel = "N",
      defaultValue = "600",
      description = "Items of each suite, 1 to 1000 (default: ${DEFAULT-VALUE}).")
  private int suiteItems;

  @Option(names = "--json", description = "Prints a JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException {
    if (exercises < 1 || suiteItems < 1 || suiteItems > 1000) {
      throw new ParameterException(
          spec.commandLine(), "--exercises is at least 1, --suite-items 1 to 1000.");
    }
    CorpusFiles.write(new Corpus(seed), exercises, suiteItems, out);
    ObjectNode result = JsonMapper.builder().build().createObjectNode();
    result.put("folder", out.toString()).put("seed", seed);
    result.put("exercises", exercises).put("suite_items", suiteItems);
    Skill.all().forEach(skill -> result.withArray("skills").add(skill.name()));
    spec.commandLine()
        .getOut()
        .println(
            asJson
                ? result.toString()
                : "Wrote %d exercises and %d suite items of each of %d skills to %s"
                    .formatted(exercises, suiteItems, Skill.all().size(), out));
    return 0;
  }
}
