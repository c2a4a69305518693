package ai.hartonomous.model.checkpoint;

import ai.hartonomous.model.tokenizer.EmbeddedVocabulary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A GGUF file of version 2 or 3, mapped into memory. The package comment describes the format.
public final class GgufFile implements Mapped {
  private final MappedFile mapped;
  private final Map<String, GgufValue> metadata;
  private final Map<String, StoredTensor> tensors;

  private GgufFile(MappedFile mapped, GgufReader reader) {
    this.mapped = mapped;
    this.metadata = Collections.unmodifiableMap(reader.metadata());
    this.tensors = Collections.unmodifiableMap(reader.tensors());
  }

  /// Opens a file; the caller closes it.
  ///
  /// @param file the file
  /// @return the open file
  /// @throws CheckpointException if it is damaged, its tensors overlap or leave it, or one has a
  ///   number format that is not supported
  /// @throws IOException if it cannot be read
  public static GgufFile open(Path file) throws IOException {
    MappedFile mapped = MappedFile.open(file);
    try {
      var reader = new GgufReader(mapped);
      reader.read();
      return new GgufFile(mapped, reader);
    } catch (IOException | RuntimeException e) {
      mapped.close();
      throw e;
    }
  }

  /// Opens a file as a checkpoint; the caller closes it.
  static Checkpoint openCheckpoint(Path file) throws IOException {
    GgufFile gguf = open(file);
    try {
      Plan plan = new GgufPlan(gguf).plan();
      var source = new MappedCheckpoint.Source("gguf", file, List.of(file), file);
      return new MappedCheckpoint(source, plan, gguf.tensors, List.of(gguf));
    } catch (IOException | RuntimeException e) {
      gguf.close();
      throw e;
    }
  }

  /// {@return the file}
  public Path file() {
    return mapped.file();
  }

  /// {@return metadata by key; valid until this is closed}
  public Map<String, GgufValue> metadata() {
    return metadata;
  }

  /// {@return tensors by name, shapes outermost first; valid until this is closed}
  public Map<String, StoredTensor> tensors() {
    return tensors;
  }

  /// {@return the vocabulary of the tokenizer inside, if there is one}
  ///
  /// @throws CheckpointException if it is damaged
  public Optional<EmbeddedVocabulary> vocabulary() throws CheckpointException {
    return GgufVocabulary.read(this);
  }

  @Override
  public void close() {
    mapped.close();
  }
}
