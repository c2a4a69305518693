package ai.hartonomous.platform.cli;

import ai.hartonomous.platform.runtime.AgentExport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// `hartonomous deployment export`: what a packed agent needs to run elsewhere.
@Command(
    name = "export",
    description =
        "Writes what a packed agent needs to run elsewhere: a folder for docker build, or a manifest"
            + " for Kubernetes.",
    mixinStandardHelpOptions = true)
final class DeploymentExportCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "AGENT_DIR", description = "Folder of a packed agent.")
  private Path folder = Path.of("");

  /// What to write.
  enum Form {
    CONTAINER,
    KUBERNETES
  }

  @Option(names = "--as", required = true, description = "container or kubernetes.")
  private Form form = Form.CONTAINER;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "PATH",
      description = "New folder of the container, or new file for Kubernetes.")
  private Path out = Path.of("");

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What requests call the agent (default: the folder's name).")
  private @Nullable String name;

  @Option(
      names = "--image",
      paramLabel = "IMAGE",
      description = "Image that Kubernetes pulls, such as registry.example/agents/sql:1.")
  private @Nullable String image;

  @Option(
      names = "--runtime",
      paramLabel = "FILE",
      description = "The small jar (default: the one of the last build).")
  private Path runtime =
      Path.of(System.getProperty("hartonomous.home", ""))
          .resolve("platform/target/hartonomous-runtime.jar");

  @Option(names = "--json", description = "Prints a JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException {
    ModelSource.keepLogsQuiet();
    AgentExport export = export();
    switch (form) {
      case CONTAINER -> export.container(runtime, out);
      case KUBERNETES -> write(export.kubernetes(image()));
    }
    PrintWriter print = spec.commandLine().getOut();
    print.println(
        asJson
            ? JsonMapper.shared().createObjectNode().put("written", out.toString()).toString()
            : "Wrote " + out);
    return 0;
  }

  private void write(String text) throws IOException {
    try {
      Files.writeString(out, text, StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(out + " exists already", e);
    }
  }

  private AgentExport export() throws IOException {
    Path last = folder.toAbsolutePath().normalize().getFileName();
    String called = name != null ? name : last == null ? "agent" : last.toString();
    try {
      return AgentExport.of(folder, called);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--name: expected " + e.getMessage());
    }
  }

  private String image() {
    if (image == null || !image.matches("[A-Za-z0-9][A-Za-z0-9._:/@-]{0,254}")) {
      throw new ParameterException(
          spec.commandLine(), "--image must name the image that Kubernetes pulls.");
    }
    return image;
  }
}
