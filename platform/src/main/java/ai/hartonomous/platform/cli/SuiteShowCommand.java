package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.capability.CapabilitySuite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `hartonomous suite show`: what is in a suite.
@Command(
    name = "show",
    description = "Prints capabilities, counts, examples and hash of a suite.",
    mixinStandardHelpOptions = true)
final class SuiteShowCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "A suite, as JSON lines.")
  private Path file = Path.of("");

  @Option(
      names = "--examples",
      paramLabel = "N",
      defaultValue = "2",
      description = "Items of each capability to show, 0 to 100 (default: ${DEFAULT-VALUE}).")
  private int examples;

  @Option(names = "--json", description = "Prints a JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException {
    if (examples < 0 || examples > 100) {
      throw new ParameterException(spec.commandLine(), "--examples lies between 0 and 100.");
    }
    SuiteText.print(spec.commandLine().getOut(), CapabilitySuite.read(file), examples, asJson);
    return 0;
  }
}
