package ai.hartonomous.distill.pack;

import ai.hartonomous.distill.evaluate.Evaluator.Written;
import ai.hartonomous.distill.evaluate.Report;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.transformer.Model;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// An agent's folder while it is being written. It grows beside its final place under a hidden name
/// and moves there as a whole; closing it before that removes it.
public final class AgentFolder implements AutoCloseable {
  private static final String MODEL = "model";

  private final Path target;
  private final Path partial;

  private AgentFolder(Path target, Path partial) {
    this.target = target;
    this.partial = partial;
  }

  /// Begins a folder.
  ///
  /// @param target its final place; must not exist, its parent is created where missing
  /// @return the folder; closed by the caller
  /// @throws IOException if the parent cannot be written to
  public static AgentFolder begin(Path target) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    if (parent == null) {
      throw new NotDirectoryException(target + " has no parent");
    }
    Files.createDirectories(parent);
    Path partial = Files.createTempDirectory(parent, "." + absolute.getFileName() + ".");
    return new AgentFolder(absolute, partial);
  }

  /// Writes weights in bf16, configuration and tokenizer.
  ///
  /// @param model the agent
  /// @param tokenizerFolder folder of the source's tokenizer
  /// @throws IOException if a file cannot be written
  public void writeModel(Model model, Path tokenizerFolder) throws IOException {
    HuggingFaceWriter.write(model, partial.resolve(MODEL), Dtype.BF16, tokenizerFolder);
  }

  /// {@return the agent as a reader of the folder gets it}
  ///
  /// @throws IOException if a file cannot be read
  public Written readBack() throws IOException {
    try (Checkpoint checkpoint = Checkpoints.open(partial.resolve(MODEL))) {
      return new Written(checkpoint.load(), checkpoint.sizeBytes());
    }
  }

  /// Writes model card and manifest.
  ///
  /// @param manifest origin of the agent
  /// @param report its figures
  /// @throws IOException if a file cannot be read or written
  public void writeManifest(Manifest manifest, Report report) throws IOException {
    Path model = partial.resolve(MODEL);
    Files.writeString(model.resolve("README.md"), ModelCard.of(manifest, report));
    SortedMap<String, String> hashes = new TreeMap<>();
    for (Path file : files(model)) {
      hashes.put(model.relativize(file).toString(), hash(file));
    }
    Files.writeString(model.resolve("manifest.json"), ManifestText.of(manifest, report, hashes));
  }

  /// Moves the folder to its place.
  ///
  /// @return its place
  /// @throws IOException if something has appeared there meanwhile
  public Path publish() throws IOException {
    return Files.move(partial.resolve(MODEL), target, StandardCopyOption.ATOMIC_MOVE);
  }

  /// Removes whatever was not published.
  @Override
  public void close() throws IOException {
    for (Path path : walk(partial).reversed()) {
      Files.delete(path);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    return walk(folder).stream().filter(Files::isRegularFile).toList();
  }

  private static List<Path> walk(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.sorted(Comparator.naturalOrder()).toList();
    }
  }

  private static String hash(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
