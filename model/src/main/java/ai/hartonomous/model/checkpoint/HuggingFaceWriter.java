package ai.hartonomous.model.checkpoint;

import ai.hartonomous.model.transformer.Model;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Writes models as Hugging Face folders: config.json, model.safetensors and the files of the
/// tokenizer. Layers of different widths are padded with zeros, which computes the same function;
/// the extra key `hartonomous_layers` lets {@link Checkpoints} take the padding off again. The same
/// model gives the same bytes.
public final class HuggingFaceWriter {
  private static final List<String> TOKENIZER_FILES =
      List.of(
          "tokenizer.json",
          "tokenizer.model",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "merges.txt",
          "generation_config.json",
          "chat_template.jinja",
          "tok512.bin",
          "tokenizer.bin");

  private HuggingFaceWriter() {}

  /// Writes a folder. It appears whole or not at all.
  ///
  /// @param model the model; a family of its own line is chosen that can express it, see {@link
  ///   ExportLayout}
  /// @param folder created; may be there if it is empty
  /// @param dtype F32, F16 or BF16
  /// @param tokenizerFolder folder whose tokenizer files, and token ids of config.json, are copied;
  ///   or null
  /// @throws IllegalArgumentException if no family can express the model, or its weights do not
  ///   agree with its description
  /// @throws IOException if the folder is not empty or cannot be written
  public static void write(Model model, Path folder, Dtype dtype, @Nullable Path tokenizerFolder)
      throws IOException {
    ExportLayout layout = ExportLayout.of(model);
    ObjectNode config = HuggingFaceConfigText.of(model.config(), layout, dtype);
    if (tokenizerFolder != null) {
      HuggingFaceConfigText.copyTokenIds(tokenizerFolder.resolve("config.json"), config);
    }
    write(
        folder,
        partial -> {
          if (tokenizerFolder != null) {
            copyTokenizer(tokenizerFolder, partial);
          }
          fill(partial, config, WeightsWriter.tensors(model.weights(), layout.places()), dtype);
        });
  }

  /// Writes a folder in which each layer has its own widths: no padding but that of unequal groups
  /// of heads. Its `model_type` is `hartonomous_ragged`, which {@link Checkpoints} reads and others
  /// refuse. It appears whole or not at all.
  ///
  /// @param model the model
  /// @param folder created; may be there if it is empty
  /// @param dtype F32, F16 or BF16
  /// @throws IllegalArgumentException if no family can express the model, it is a
  ///   `toy_transformer`, or its weights do not agree with its description
  /// @throws IOException if the folder is not empty or cannot be written
  public static void writeRagged(Model model, Path folder, Dtype dtype) throws IOException {
    ExportLayout layout = ExportLayout.of(model, ExportLayout.Widths.OWN);
    ObjectNode config = HuggingFaceConfigText.ragged(model.config(), layout, dtype);
    write(
        folder,
        partial ->
            fill(partial, config, WeightsWriter.tensors(model.weights(), layout.places()), dtype));
  }

  /// Fills a folder.
  private interface Content {
    void into(Path folder) throws IOException;
  }

  private static void write(Path folder, Content content) throws IOException {
    Path target = folder.toAbsolutePath().normalize();
    refuseOccupied(target);
    Path parent = target.getParent();
    if (parent == null) {
      throw new IllegalArgumentException("a root cannot be written to");
    }
    Files.createDirectories(parent);
    Path partial =
        parent.resolve(".%s.%s.partial".formatted(target.getFileName(), UUID.randomUUID()));
    Files.createDirectory(partial);
    try {
      content.into(partial);
      Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      delete(partial);
    }
  }

  /// {@return whether {@link #write} pads layers of this model, so that {@link #writeRagged} writes
  /// fewer numbers}
  ///
  /// @param model the model
  /// @throws IllegalArgumentException if no family can express the model
  public static boolean pads(Model model) {
    List<StoredLayer> layers = ExportLayout.of(model).layers();
    return !model.config().family().equals("toy_transformer")
        && layers.stream()
            .anyMatch(layer -> !sameExtents(layer, StoredLayer.narrow(layer.layer())));
  }

  private static boolean sameExtents(StoredLayer a, StoredLayer b) {
    return a.heads() == b.heads() && a.keyHeads() == b.keyHeads() && a.neurons() == b.neurons();
  }

  private static void refuseOccupied(Path target) throws IOException {
    if (!Files.exists(target)) {
      return;
    }
    if (!Files.isDirectory(target)) {
      throw new NotDirectoryException(target.toString());
    }
    try (Stream<Path> list = Files.list(target)) {
      if (list.findAny().isPresent()) {
        throw new DirectoryNotEmptyException(target.toString());
      }
    }
  }

  private static void fill(
      Path folder, ObjectNode config, List<SafetensorsWriter.Tensor> tensors, Dtype dtype)
      throws IOException {
    Files.writeString(
        folder.resolve("config.json"), HuggingFaceConfigText.print(config), StandardCharsets.UTF_8);
    SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, dtype);
  }

  private static void copyTokenizer(Path from, Path to) throws IOException {
    for (String name : TOKENIZER_FILES) {
      if (Files.isRegularFile(from.resolve(name))) {
        Files.write(to.resolve(name), Files.readAllBytes(from.resolve(name)));
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
