package ai.hartonomous.platform.vector;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.store.Folders;
import ai.hartonomous.platform.vector.EmbeddingFeed.Change;
import ai.hartonomous.platform.vector.EmbeddingFeed.Cursor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/// Compares this node's index with the table, row by row, and makes it anew. For operators, while
/// the node's server does not run.
@Component
@Lazy
public class IndexCheck {

  private final EmbeddingFeed feed;
  private final Path folder;

  IndexCheck(EmbeddingFeed feed, Settings settings) {
    this.feed = feed;
    this.folder = IndexKeeper.folder(settings);
  }

  /// What a comparison found. The index agrees with the table if nothing is missing, outdated or
  /// left over; what it has not read yet it reads when the server starts.
  ///
  /// @param folder of the index
  /// @param rows embeddings in the table
  /// @param documents embeddings in the index
  /// @param unread changes after the last one that the index has read
  /// @param missing rows up to there that the index does not have
  /// @param outdated rows up to there that the index has as they were before
  /// @param leftOver documents of rows that are gone
  public record Findings(
      Path folder,
      long rows,
      long documents,
      long unread,
      long missing,
      long outdated,
      long leftOver) {

    /// {@return whether the index has what the table has, up to what it has not read yet}
    public boolean agrees() {
      return missing == 0 && outdated == 0 && leftOver == 0;
    }
  }

  /// {@return what a comparison found}
  ///
  /// @throws IOException if the index is damaged or in use
  public Findings check() throws IOException {
    Map<UUID, Long> documents = new HashMap<>();
    Cursor read;
    try (VectorIndex index = VectorIndex.existing(folder)) {
      index.versions(documents);
      read = index.cursor();
    }
    long count = documents.size();
    long rows = 0;
    long unread = 0;
    long missing = 0;
    long outdated = 0;
    Cursor cursor = Cursor.START;
    boolean passed = cursor.equals(read);
    for (List<Change> page = feed.after(cursor); !page.isEmpty(); page = feed.after(cursor)) {
      for (Change change : page) {
        boolean after = passed || change.cursor().version() > read.version();
        rows += change.deleted() ? 0 : 1;
        Long version = change.deleted() && !after ? null : documents.remove(change.id());
        if (after) {
          unread++;
        } else if (!change.deleted()) {
          missing += version == null ? 1 : 0;
          outdated += version != null && version != change.cursor().version() ? 1 : 0;
        }
        cursor = change.cursor();
        passed |= cursor.equals(read);
      }
    }
    return new Findings(folder, rows, count, unread, missing, outdated, documents.size());
  }

  /// Makes the index anew.
  ///
  /// @param progress told the number of changes so far, from time to time
  /// @return embeddings in the index
  /// @throws IOException if the disk refuses, or the index is in use
  public long rebuild(LongConsumer progress) throws IOException {
    VectorIndex.refuseInUse(folder);
    Folders.delete(folder);
    try (VectorIndex index = VectorIndex.open(folder)) {
      long done = 0;
      for (List<Change> page = feed.after(index.cursor());
          !page.isEmpty();
          page = feed.after(index.cursor())) {
        index.apply(page);
        done += page.size();
        progress.accept(done);
      }
      index.settle();
      return index.sum().rows();
    }
  }
}
