package ai.hartonomous.interpret.capture;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/// Goes through a corpus sequence by sequence.
final class Sequences implements AutoCloseable {
  private final Corpus.Reader reader;
  private final Packing packing;
  private int[] ahead = new int[256]; // PACKED: ids in a row; SEPARATED: rest of the document
  private int from;
  private int to;

  /// Opens a corpus; the caller closes this.
  Sequences(Corpus corpus, Packing packing) throws IOException {
    this.packing = packing;
    reader = corpus.open();
  }

  /// {@return ids of the next sequence, 2 to `T` of them; empty at the end}
  Optional<int[]> next() throws IOException {
    return switch (packing.form()) {
      case PACKED -> nextPacked();
      case SEPARATED -> nextSeparated();
    };
  }

  private Optional<int[]> nextPacked() throws IOException {
    while (to - from < packing.length()) {
      Optional<int[]> document = reader.next();
      if (document.isEmpty()) {
        return Optional.empty();
      }
      packing.begin().ifPresent(id -> append(id));
      append(document.get());
      packing.end().ifPresent(id -> append(id));
    }
    int[] ids = Arrays.copyOfRange(ahead, from, from + packing.length());
    from += packing.length();
    return Optional.of(ids);
  }

  private Optional<int[]> nextSeparated() throws IOException {
    while (true) {
      if (from == to) {
        Optional<int[]> document = reader.next();
        if (document.isEmpty()) {
          return Optional.empty();
        }
        append(document.get());
        packing.end().ifPresent(id -> append(id));
      }
      int head = packing.begin().isPresent() ? 1 : 0;
      int count = Math.min(to - from, packing.length() - head);
      int[] ids = new int[head + count];
      ids[0] = packing.begin().orElse(0);
      System.arraycopy(ahead, from, ids, head, count);
      from += count;
      if (ids.length > 1) { // one token alone predicts nothing
        return Optional.of(ids);
      }
    }
  }

  private void append(int... ids) {
    if (to + ids.length > ahead.length) {
      int kept = to - from;
      int[] room = kept + ids.length > ahead.length ? new int[2 * (kept + ids.length)] : ahead;
      System.arraycopy(ahead, from, room, 0, kept);
      ahead = room;
      from = 0;
      to = kept;
    }
    System.arraycopy(ids, 0, ahead, to, ids.length);
    to += ids.length;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
