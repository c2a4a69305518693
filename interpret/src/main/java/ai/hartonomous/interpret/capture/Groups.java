package ai.hartonomous.interpret.capture;

import ai.hartonomous.model.transformer.ModelConfig;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Goes through a corpus as a model reads it: group by group, without running the model.
public final class Groups implements AutoCloseable {
  private final Sequences sequences;
  private final Packing packing;
  private final int perGroup;
  private final ModelConfig config;
  private long number;

  /// Opens a corpus; the caller closes this.
  ///
  /// @param corpus documents
  /// @param packing how they become sequences
  /// @param config model that will read them
  /// @param tokensPerPass most tokens of a group, unless one sequence is longer
  /// @throws IllegalArgumentException if the sequences are longer than the model's positions, or
  ///   `tokensPerPass` is below 1
  /// @throws IOException if the first file cannot be opened
  public Groups(Corpus corpus, Packing packing, ModelConfig config, int tokensPerPass)
      throws IOException {
    int positions = config.extents().positions();
    if (packing.length() > positions || tokensPerPass < 1) {
      throw new IllegalArgumentException(
          "sequences of %d in passes of %d tokens; the model has %d positions"
              .formatted(packing.length(), tokensPerPass, positions));
    }
    this.packing = packing;
    this.config = config;
    // In a model that reads both ways what fills up a sequence would reach its tokens.
    boolean alone = packing.form() == Packing.Form.SEPARATED && !config.block().causal();
    perGroup = alone ? 1 : Math.max(1, tokensPerPass / packing.length());
    sequences = new Sequences(corpus, packing);
  }

  /// {@return the next group; empty at the end}
  ///
  /// @throws CaptureException if a document has an id that the model lacks
  /// @throws InterruptedIOException if the thread is interrupted
  /// @throws IOException if a file cannot be read
  public Optional<Group> next() throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted while reading the corpus");
    }
    List<int[]> together = new ArrayList<>();
    while (together.size() < perGroup) {
      Optional<int[]> ids = sequences.next();
      if (ids.isEmpty()) {
        break;
      }
      check(ids.get());
      together.add(ids.get());
      number++;
    }
    return together.isEmpty() ? Optional.empty() : Optional.of(Group.of(together, packing));
  }

  private void check(int[] ids) throws IOException {
    int vocabulary = config.extents().vocabulary();
    for (int id : ids) {
      if (id >= vocabulary) {
        throw new IOException(
            "corpus, sequence %d: token id %d, the model has %d".formatted(number, id, vocabulary));
      }
    }
  }

  @Override
  public void close() throws IOException {
    sequences.close();
  }
}
