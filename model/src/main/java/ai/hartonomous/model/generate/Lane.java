package ai.hartonomous.model.generate;

import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

/// The growing sequences of one model.
final class Lane {

  /// Sequences in one pass. Up to so many rows the kernels read the weights row by row, which gives
  /// each sequence the same numbers however many there are.
  private static final int WIDTH = Kernels.INDEPENDENT_ROWS;

  /// Tokens of prompts read between two tokens of the growing sequences, so that these do not wait
  /// long for a new one.
  private static final int READ_EACH_STEP = 2 * Generator.CHUNK;

  private final Model model;
  private final Transformer transformer;
  private final Trace trace;
  private final List<Sequence> sequences = new ArrayList<>();

  Lane(Model model, Kernels kernels) {
    this.model = model;
    transformer = new Transformer(model, kernels);
    trace = transformer.trace(Trace.Keep.INFERENCE);
  }

  int size() {
    return sequences.size();
  }

  long growing(Object owner) {
    return sequences.stream().filter(it -> it.owner().equals(owner)).count();
  }

  /// Takes a sequence in whose memory is set aside.
  void add(Sequence sequence, CacheBudget budget) {
    sequence.begin(budget.likest(model, sequence.prompt()));
    sequences.add(sequence);
  }

  /// Reads a piece of a prompt or some, then every sequence grows by a token.
  void step() {
    int read = 0;
    for (int i = 0; i < sequences.size() && read < READ_EACH_STEP; i++) {
      Sequence sequence = sequences.get(i);
      while (sequence.isReading() && !sequence.hasEnded() && read < READ_EACH_STEP) {
        read += guarded(sequence, () -> sequence.read(transformer, trace));
      }
    }
    List<Sequence> growing =
        sequences.stream().filter(it -> !it.isReading() && !it.hasEnded()).toList();
    for (int at = 0; at < growing.size(); at += WIDTH) {
      grow(growing.subList(at, Math.min(growing.size(), at + WIDTH)));
    }
  }

  private void grow(List<Sequence> some) {
    List<Transformer.Segment> segments = some.stream().map(Sequence::next).toList();
    Matrix logits = transformer.extend(segments, trace, Hooks.NONE);
    for (int s = 0; s < some.size(); s++) {
      Sequence sequence = some.get(s);
      int row = s;
      guarded(
          sequence,
          () -> {
            sequence.choose(logits, row);
            return 1;
          });
    }
  }

  /// What fails in one sequence, its listener for instance, ends that one only.
  private static int guarded(Sequence sequence, IntSupplier work) {
    try {
      return work.getAsInt();
    } catch (RuntimeException e) {
      sequence.fail(e);
      return 1;
    }
  }

  /// Gives back the memory of sequences that have ended.
  void removeEnded(CacheBudget budget) {
    sequences.removeIf(
        sequence -> {
          if (!sequence.hasEnded()) {
            return false;
          }
          budget.release(sequence.cacheBytes());
          sequence.keep(budget);
          sequence.deliver();
          return true;
        });
  }

  void cancel() {
    sequences.forEach(Sequence::cancel);
  }
}
