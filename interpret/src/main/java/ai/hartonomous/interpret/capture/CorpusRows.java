package ai.hartonomous.interpret.capture;

import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Values of the tokens that count, by their number in the corpus. Reading on is cheap; going back
/// begins again at the front, where the text is read but the model is not run.
final class CorpusRows implements AutoCloseable {
  private final ActivationPass pass;
  private final Transformer transformer;
  private final CorpusText text;
  private final int tokensPerPass;
  private Groups groups;
  private @Nullable Group current;
  private long currentFrom; // number of the current group's first row
  private boolean ran;
  private long total = -1;
  private long tokens;

  /// Opens the corpus; the caller closes this.
  CorpusRows(Transformer transformer, CorpusText text, List<HookPoint> points, int tokensPerPass)
      throws IOException {
    this.transformer = transformer;
    this.text = text;
    this.tokensPerPass = tokensPerPass;
    pass = new ActivationPass(transformer, points);
    groups = openGroups();
  }

  private Groups openGroups() throws IOException {
    return new Groups(text.corpus(), text.packing(), transformer.config(), tokensPerPass);
  }

  /// {@return rows of the whole corpus, or -1 while its end was not seen}
  long total() {
    return total;
  }

  /// {@return tokens that the model has read}
  long tokens() {
    return tokens;
  }

  /// Goes to the end of the corpus without running the model.
  ///
  /// @return rows of the whole corpus
  long count() throws IOException {
    while (total < 0 && advance()) {
      // nothing to do with the group
    }
    return total;
  }

  /// Reads rows.
  ///
  /// @param from number of the first one
  /// @param count how many
  /// @param out receives the values of each point in its leading rows
  /// @return how many there were; fewer than `count` at the end of the corpus
  int read(long from, int count, Map<HookPoint, Matrix> out) throws IOException {
    if (from < currentFrom) {
      groups.close();
      groups = openGroups();
      current = null;
      currentFrom = 0;
    }
    int done = 0;
    while (done < count) {
      Group group = current;
      int rows = group == null ? 0 : group.rows().length;
      long offset = from + done - currentFrom;
      if (group == null || offset >= rows) {
        if (!advance()) {
          break;
        }
      } else {
        run(group);
        int found = Math.min(count - done, rows - (int) offset);
        copy((int) offset, found, out, done);
        done += found;
      }
    }
    return done;
  }

  private boolean advance() throws IOException {
    Group before = current;
    long end = currentFrom + (before == null ? 0 : before.rows().length);
    Optional<Group> next = groups.next();
    if (next.isEmpty()) {
      total = end;
      return false;
    }
    current = next.get();
    currentFrom = end;
    ran = false;
    return true;
  }

  private void run(Group group) {
    if (!ran) {
      pass.run(group);
      tokens += group.batch().rows();
      ran = true;
    }
  }

  private void copy(int from, int count, Map<HookPoint, Matrix> out, int to) {
    out.forEach(
        (point, target) -> {
          Matrix values = pass.values(point);
          System.arraycopy(
              values.data(),
              values.rowOffset(from),
              target.data(),
              target.rowOffset(to),
              count * values.cols());
        });
  }

  @Override
  public void close() throws IOException {
    groups.close();
  }
}
