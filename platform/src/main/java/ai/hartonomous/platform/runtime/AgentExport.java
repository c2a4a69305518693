package ai.hartonomous.platform.runtime;

import ai.hartonomous.model.checkpoint.ServingFormat;
import ai.hartonomous.platform.deployment.AgentLoader;
import ai.hartonomous.platform.deployment.SealedFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;

/// Writes what a packed agent needs to run elsewhere: the folder of a container image, or the
/// manifest for Kubernetes. Nothing is built and nothing is sent anywhere.
public final class AgentExport {

  private static final int MOST_NAME = 50;

  private final Path folder;
  private final String name;
  private final String manifest;

  private AgentExport(Path folder, String name, String manifest) {
    this.folder = folder;
    this.name = name;
    this.manifest = manifest;
  }

  /// Begins.
  ///
  /// @param folder a packed agent; compared with its manifest
  /// @param name what requests will call it: letters, digits and `._-`
  /// @return the export, of which nothing is written yet
  /// @throws IOException if the folder is not as its manifest says
  /// @throws IllegalArgumentException if the name is none
  public static AgentExport of(Path folder, String name) throws IOException {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
      throw new IllegalArgumentException(
          "a name of letters, digits and ._-, not '%s'".formatted(name));
    }
    return new AgentExport(folder, name, SealedFolder.check(folder));
  }

  /// Writes a folder for `docker build`: the Dockerfile, the runtime and the agent.
  ///
  /// @param runtime the small jar
  /// @param out new or empty folder
  /// @throws IOException if the jar is missing, the folder is not empty, or the disk refuses
  public void container(Path runtime, Path out) throws IOException {
    if (!Files.isRegularFile(runtime)) {
      throw new IOException(runtime + " is missing; a build makes it");
    }
    Files.createDirectories(out);
    try (Stream<Path> there = Files.list(out)) {
      if (there.findAny().isPresent()) {
        throw new IOException(out + " is not empty");
      }
    }
    Files.copy(runtime, out.resolve("hartonomous-runtime.jar"));
    copy(folder, out.resolve("agent"));
    Files.writeString(out.resolve("Dockerfile"), ContainerText.dockerfile(name, manifest));
  }

  /// {@return a Deployment and a Service as YAML}
  ///
  /// @param image name of the container image, as a cluster pulls it
  /// @throws IOException if the agent cannot be read
  public String kubernetes(String image) throws IOException {
    long weights = AgentLoader.load(new UUID(0, 0), folder, ServingFormat.STORED).sizeBytes();
    return ContainerText.kubernetes(dnsName(), image, manifest, weights);
  }

  /// {@return the name as Kubernetes takes it}
  private String dnsName() {
    String plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    String cut = plain.substring(0, Math.min(MOST_NAME, plain.length()));
    return "agent-" + cut.replaceAll("-+$", "");
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(from)) {
      files = all.toList(); // each folder before what is in it
    }
    for (Path file : files) {
      Path target = to.resolve(from.relativize(file).toString());
      if (Files.isDirectory(file)) {
        Files.createDirectories(target);
      } else {
        Files.copy(file, target);
      }
    }
  }
}
