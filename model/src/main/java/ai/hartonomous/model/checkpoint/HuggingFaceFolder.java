package ai.hartonomous.model.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Opens folders in Hugging Face's layout, and `toy_transformer` folders, which look the same.
final class HuggingFaceFolder {
  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final long MAX_CONFIG_BYTES = 4_000_000;

  private final Path folder;
  private final List<SafetensorsFile> opened = new ArrayList<>();

  private HuggingFaceFolder(Path folder) {
    this.folder = folder;
  }

  /// Opens a folder; the caller closes the checkpoint.
  ///
  /// @param folder has config.json and weights
  static Checkpoint open(Path folder) throws IOException {
    var reader = new HuggingFaceFolder(folder);
    try {
      return reader.open();
    } catch (IOException | RuntimeException e) {
      reader.opened.forEach(Mapped::close);
      throw e;
    }
  }

  private Checkpoint open() throws IOException {
    boolean whole = Files.exists(folder.resolve(WEIGHTS));
    if (!whole && !Files.exists(folder.resolve(INDEX))) {
      throw noWeights();
    }
    ConfigObject config = StrictJson.read(member(folder.resolve(CONFIG)), MAX_CONFIG_BYTES);
    List<Path> files = new ArrayList<>();
    files.add(config.file());
    Map<String, StoredTensor> tensors;
    if (whole) {
      SafetensorsFile file = openMember(folder.resolve(WEIGHTS));
      files.add(file.file());
      tensors = file.tensors();
    } else {
      Path index = member(folder.resolve(INDEX));
      files.add(index);
      tensors = shards(ShardIndex.read(index), files);
    }
    Plan plan = HuggingFaceConfig.plan(config, tensors);
    boolean toy = plan.config().family().equals("toy_transformer");
    Path main = whole ? folder.resolve(WEIGHTS) : folder.resolve(INDEX);
    var source =
        new MappedCheckpoint.Source(toy ? "toy" : "huggingface", main, List.copyOf(files), folder);
    return new MappedCheckpoint(source, plan, tensors, opened);
  }

  private Map<String, StoredTensor> shards(Map<String, String> shardOf, List<Path> files)
      throws IOException {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (String shard : new TreeSet<>(shardOf.values())) {
      SafetensorsFile file = openMember(folder.resolve(shard));
      files.add(file.file());
      for (StoredTensor tensor : file.tensors().values()) {
        if (!shard.equals(shardOf.get(tensor.name()))) {
          throw new CheckpointException(
              file.file(),
              "tensor " + FileFormatException.quote(tensor.name()),
              "a tensor that the index places here",
              "one it places elsewhere or nowhere");
        }
        tensors.put(tensor.name(), tensor);
      }
    }
    for (Map.Entry<String, String> entry : shardOf.entrySet()) {
      if (!tensors.containsKey(entry.getKey())) {
        throw new CheckpointException(
            folder.resolve(entry.getValue()),
            "tensor " + FileFormatException.quote(entry.getKey()),
            "the tensor that the index places here",
            "no such tensor");
      }
    }
    return tensors;
  }

  private SafetensorsFile openMember(Path file) throws IOException {
    SafetensorsFile open = SafetensorsFile.open(member(file));
    opened.add(open);
    return open;
  }

  /// Refuses links that lead out of the folder, and whatever is no regular file.
  private Path member(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new CheckpointException(file, "folder", "this file", "no such file");
    }
    try {
      Path inside = file.toRealPath();
      if (!inside.startsWith(folder.toRealPath())) {
        throw new CheckpointException(file, "link", "a file inside the folder", "a link out of it");
      }
    } catch (InvalidPathException e) {
      throw new CheckpointException(file, "name", "a file name", String.valueOf(e.getReason()));
    }
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException(file, "start", "a regular file", "something else");
    }
    return file;
  }

  private IOException noWeights() throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      for (Path file : list.sorted().toList()) {
        if (Pickles.isNamedLikeOne(file)) {
          return Pickles.refusal(file);
        }
      }
    }
    return new CheckpointException(
        folder, "folder", "%s or %s".formatted(WEIGHTS, INDEX), "neither");
  }
}
