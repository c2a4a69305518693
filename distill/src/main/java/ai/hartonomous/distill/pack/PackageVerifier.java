package ai.hartonomous.distill.pack;

import ai.hartonomous.distill.pack.Verification.Check;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.checkpoint.ContentHash;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.FileFormatException;
import ai.hartonomous.model.checkpoint.StoredTensor;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Checks an agent's folder against itself: every hash, every checkpoint against the others, and
/// the figures by measuring them again. A folder that fails the hashes is not measured.
///
/// Nothing is taken from the manifest's word but what is measured again here. Not measured again,
/// and so believed: importance scores, the sizes that were tried, what is said of the source where
/// none is given, and the claim that healing saw no held-out item.
public final class PackageVerifier {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int MAX_HASH_BYTES = 1024;
  private static final Pattern GGUF = Pattern.compile("gguf/model-(f32|f16|q8_0|q4_0)\\.gguf");

  private final Kernels kernels;
  private final Settings settings;
  private final Consumer<String> progress;
  private final List<Check> checks = new ArrayList<>();

  /// How thoroughly to check.
  ///
  /// @param sample number of components whose evidence is measured again
  /// @param seed decides which
  /// @param tolerance largest difference of figures `a` and `b`, in units of `1 + max(|a|, |b|)`;
  ///   another machine or number of threads rounds differently
  /// @param source folder of the source, whose figures are then measured too
  public record Settings(int sample, long seed, double tolerance, Optional<Path> source) {
    /// Largest difference that rounding may explain.
    public static final double USUAL_TOLERANCE = 1e-4;

    /// Checks the ranges.
    ///
    /// @throws IllegalArgumentException if a number is negative
    public Settings {
      if (sample < 0 || !(tolerance >= 0)) {
        throw new IllegalArgumentException("sample %d, tolerance %s".formatted(sample, tolerance));
      }
    }
  }

  /// Makes a verifier.
  ///
  /// @param kernels computes everything
  /// @param settings how thoroughly to check
  /// @param progress told what is being done
  public PackageVerifier(Kernels kernels, Settings settings, Consumer<String> progress) {
    this.kernels = kernels;
    this.settings = settings;
    this.progress = progress;
  }

  /// Checks a folder.
  ///
  /// @param folder the agent
  /// @return what was checked, and what differs
  /// @throws PackageException if there is no manifest that can be read
  /// @throws IOException if a file cannot be read
  /// @throws InterruptedException if the thread was interrupted
  public Verification verify(Path folder) throws IOException, InterruptedException {
    checks.clear();
    progress.accept("comparing hashes");
    Comparison hashes = compareManifestHash(folder);
    if (!hashes.holds()) {
      return new Verification(checks); // nothing it says can be relied on
    }
    ReadManifest manifest = ReadManifest.read(folder);
    boolean intact = guarded("files", check -> files(check, folder, manifest));
    intact &= guarded("tensors", check -> tensors(check, folder, manifest));
    if (!intact) {
      return new Verification(checks);
    }
    progress.accept("comparing the checkpoints with each other");
    guarded("checkpoints", check -> checkpoints(check, folder, manifest));
    Opened agent = open(folder);
    var figures = new FigureChecks(kernels, settings, folder, manifest, agent);
    progress.accept("measuring the agent on its held-out items");
    guarded("figures", figures::compareAgent);
    progress.accept("measuring %d components again".formatted(settings.sample));
    guarded("evidence", figures::compareEvidence);
    if (settings.source.isPresent()) {
      progress.accept("measuring the source");
      var source = new SourceChecks(figures, settings.source.get());
      guarded("source", source::compare);
    }
    return new Verification(checks);
  }

  /// A model with its tokenizer and the bytes of its files.
  record Opened(Model model, Tokenizer tokenizer, long bytes) {}

  static Opened open(Path folder) throws IOException {
    try (Checkpoint checkpoint = Checkpoints.open(folder)) {
      return new Opened(checkpoint.load(), checkpoint.tokenizer(), checkpoint.sizeBytes());
    }
  }

  private interface Body {
    void compare(Comparison check) throws IOException, InterruptedException;
  }

  /// Runs one check; a file that cannot be understood is a difference.
  private boolean guarded(String name, Body body) throws IOException, InterruptedException {
    var check = new Comparison(name, settings.tolerance);
    try {
      body.compare(check);
    } catch (FileFormatException e) {
      check.differ(e.file() + " at " + e.place(), e.expected(), e.found());
    }
    checks.add(check.check());
    return check.holds();
  }

  private Comparison compareManifestHash(Path folder) throws IOException {
    var check = new Comparison("manifest", 0);
    Path file = folder.resolve(PackageFiles.MANIFEST);
    Path hash = folder.resolve(PackageFiles.MANIFEST_HASH);
    if (!Files.isRegularFile(file)) {
      throw new PackageException(file, "folder", "the manifest of an agent", "no such file");
    }
    String stored =
        Files.isRegularFile(hash) && Files.size(hash) <= MAX_HASH_BYTES
            ? new String(Files.readAllBytes(hash), StandardCharsets.ISO_8859_1)
            : "no such file, or a large one";
    check.same(PackageFiles.MANIFEST_HASH, stored, PackageFiles.hashLine(file));
    checks.add(check.check());
    return check;
  }

  private void files(Comparison check, Path folder, ReadManifest manifest) throws IOException {
    JsonNode stored = manifest.json().path("files");
    Set<String> names = new TreeSet<>(stored.propertyNames());
    List<String> found = PackageFiles.list(folder);
    names.addAll(found);
    for (String name : names) {
      String hash = found.contains(name) ? ContentHash.of(folder.resolve(name)) : "no such file";
      check.same(name, stored.path(name).asString("not in the manifest"), hash);
    }
  }

  private void tensors(Comparison check, Path folder, ReadManifest manifest) throws IOException {
    Set<String> seen = new HashSet<>();
    for (JsonNode entry : manifest.json().path("checkpoints")) {
      String path = entry.path("path").asString("");
      if (!place(path) || !seen.add(path)) {
        check.differ("checkpoints", "a place of this layout, once", path);
        continue;
      }
      try (Checkpoint checkpoint = Checkpoints.open(folder.resolve(path))) {
        Set<String> names = new TreeSet<>(entry.path("tensors").propertyNames());
        names.addAll(checkpoint.tensors().keySet());
        var tensors = new TreeMap<>(checkpoint.tensors());
        for (String name : names) {
          StoredTensor tensor = tensors.get(name);
          compareTensor(check, path + " " + name, entry.path("tensors").path(name), tensor);
        }
      }
    }
    check.same("checkpoints", true, seen.contains(Packed.MAIN));
    for (String name : PackageFiles.list(folder)) {
      if (GGUF.matcher(name).matches() && !seen.contains(name)) {
        check.differ("checkpoints", "nothing", name);
      }
    }
  }

  private static void compareTensor(
      Comparison check, String place, JsonNode stored, @Nullable StoredTensor tensor) {
    if (tensor == null) {
      check.differ(place, "a tensor", "nothing");
      return;
    }
    ObjectNode found = JSON.createObjectNode();
    TensorText.describe(found, tensor);
    for (String key : List.of("dtype", "shape", "sha256")) {
      check.same(place + " " + key, stored.path(key), found.path(key));
    }
  }

  private static boolean place(String path) {
    return path.equals(Packed.MAIN) || path.equals(Packed.RAGGED) || GGUF.matcher(path).matches();
  }

  private void checkpoints(Comparison check, Path folder, ReadManifest manifest)
      throws IOException {
    Model main = open(folder).model();
    for (JsonNode entry : manifest.json().path("checkpoints")) {
      String path = entry.path("path").asString("");
      if (path.equals(Packed.MAIN)) {
        continue;
      }
      Optional<Dtype> dtype = dtype(path, entry.path("dtype").asString(""));
      if (dtype.isEmpty()) {
        check.differ(path + " dtype", entry.path("dtype"), "another format");
        continue;
      }
      try (Checkpoint checkpoint = Checkpoints.open(folder.resolve(path))) {
        SameNumbers.compare(check, path, dtype.get(), checkpoint.load(), main);
      }
    }
  }

  /// {@return the format that is stated, if it is the one of the place}
  private static Optional<Dtype> dtype(String path, String stated) {
    for (Dtype dtype : Dtype.values()) {
      boolean fits = path.equals(Packed.RAGGED) || path.equals(Packed.gguf(dtype));
      if (dtype.name().equals(stated) && fits) {
        return Optional.of(dtype);
      }
    }
    return Optional.empty();
  }
}
