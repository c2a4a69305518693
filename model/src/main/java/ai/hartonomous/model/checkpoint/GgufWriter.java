package ai.hartonomous.model.checkpoint;

import ai.hartonomous.model.tokenizer.EmbeddedVocabulary;
import ai.hartonomous.model.transformer.Model;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Writes models as GGUF files of version 3, with the tensor names and keys of llama.cpp. Layers of
/// the Llama line keep their own widths; GPT-2 and GPT-NeoX layers are padded with zero heads,
/// since llama.cpp knows no others. The same model gives the same bytes.
public final class GgufWriter {
  private static final int ALIGNMENT = 32;

  private GgufWriter() {}

  /// A tensor and the format it is written in.
  private record Entry(SafetensorsWriter.Tensor tensor, Dtype dtype, long offset) {
    long bytes() {
      return dtype.bytes(tensor.elements());
    }
  }

  /// Writes a file. It appears whole or not at all; an older one is replaced.
  ///
  /// Vectors and position embeddings are always F32. A matrix whose rows are not whole blocks of a
  /// block format is written as F16.
  ///
  /// @param model the model
  /// @param file written
  /// @param dtype F32, F16, BF16, Q8_0 or Q4_0
  /// @param vocabulary put in as the tokenizer, or null for none
  /// @throws IllegalArgumentException if llama.cpp has no architecture for the model, or its
  ///   weights do not agree with its description
  /// @throws IOException if the file cannot be written
  public static void write(
      Model model, Path file, Dtype dtype, @Nullable EmbeddedVocabulary vocabulary)
      throws IOException {
    if (dtype == Dtype.Q4_K || dtype == Dtype.Q6_K) {
      throw new IllegalArgumentException(dtype + " is read only");
    }
    GgufLayout layout = GgufLayout.of(model);
    var head = new GgufHead();
    layout.describe(head, dtype);
    if (vocabulary == null) {
      GgufVocabulary.writeNone(head);
    } else {
      GgufVocabulary.write(vocabulary, head);
    }
    List<Entry> entries = entries(layout.tensors(), dtype);
    Path target = file.toAbsolutePath().normalize();
    Path partial = target.resolveSibling("." + target.getFileName() + ".partial");
    Files.deleteIfExists(partial);
    try {
      write(partial, head, entries);
      Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  /// {@return why a model cannot be written as a GGUF file; empty where it can}
  ///
  /// @param model the model
  public static Optional<String> refusal(Model model) {
    try {
      GgufLayout.of(model).tensors();
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static List<Entry> entries(List<SafetensorsWriter.Tensor> tensors, Dtype dtype) {
    List<Entry> entries = new ArrayList<>();
    long offset = 0;
    for (SafetensorsWriter.Tensor tensor :
        tensors.stream().sorted(Comparator.comparing(SafetensorsWriter.Tensor::name)).toList()) {
      var entry = new Entry(tensor, dtype(tensor, dtype), offset);
      entries.add(entry);
      offset = align(Math.addExact(offset, entry.bytes()));
    }
    return entries;
  }

  private static Dtype dtype(SafetensorsWriter.Tensor tensor, Dtype dtype) {
    if (tensor.shape().size() < 2 || tensor.name().startsWith("position_embd")) {
      return Dtype.F32;
    }
    return tensor.shape().getLast() % dtype.blockSize() == 0 ? dtype : Dtype.F16;
  }

  private static void write(Path file, GgufHead head, List<Entry> entries) throws IOException {
    for (Entry entry : entries) {
      head.tensor(entry.tensor.name(), entry.tensor.shape(), entry.dtype, entry.offset);
    }
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer start = ByteBuffer.wrap(head.toBytes(entries.size()));
      while (start.hasRemaining()) {
        out.write(start);
      }
      long data = pad(out);
      for (Entry entry : entries) {
        if (out.position() != data + entry.offset) {
          throw new IllegalStateException("tensor table and data disagree");
        }
        SafetensorsWriter.writeNumbers(out, entry.tensor.numbers().get(), entry.dtype);
        pad(out);
      }
    }
  }

  private static long pad(FileChannel out) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocate((int) (align(out.position()) - out.position()));
    while (zeros.hasRemaining()) {
      out.write(zeros);
    }
    return out.position();
  }

  private static long align(long offset) {
    return Math.addExact(offset, ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
