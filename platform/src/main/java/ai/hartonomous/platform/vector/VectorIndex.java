package ai.hartonomous.platform.vector;

import ai.hartonomous.platform.store.Folders;
import ai.hartonomous.platform.vector.EmbeddingFeed.Change;
import ai.hartonomous.platform.vector.EmbeddingFeed.Cursor;
import ai.hartonomous.platform.vector.EmbeddingFeed.Sum;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.Lock;
import org.apache.lucene.util.Bits;

/// The index of all embeddings in a folder. Everything in it comes from the table; what it has not
/// committed when the process dies it reads there again. Searches may run at any time, also beside
/// the one thread that changes it.
final class VectorIndex implements AutoCloseable {

  private static final int BUFFER_MEBIBYTES = 48;
  private static final String FORMAT = "1";

  private final FSDirectory directory;
  private final IndexWriter writer;
  private final ConcurrentMergeScheduler merges;
  private final SearcherManager searchers;
  private Cursor cursor;
  private Cursor committed;

  private VectorIndex(FSDirectory directory, IndexWriter writer, ConcurrentMergeScheduler merges)
      throws IOException {
    this.directory = directory;
    this.writer = writer;
    this.merges = merges;
    this.searchers = new SearcherManager(writer, null);
    this.cursor = read(writer);
    this.committed = cursor;
  }

  /// Opens the index of a folder, and makes it anew where it is missing, damaged or of another
  /// version.
  ///
  /// @param folder belongs to this process alone
  /// @return the index; empty if it was made anew
  /// @throws IOException if the disk refuses, or another process uses the folder
  static VectorIndex open(Path folder) throws IOException {
    try {
      return sound(folder);
    } catch (CorruptIndexException
        | IndexFormatTooOldException
        | IndexFormatTooNewException
        | FileNotFoundException
        | NoSuchFileException
        | IllegalArgumentException _) { // the last: a codec that is not there
      Folders.delete(folder);
      return sound(folder);
    }
  }

  /// Opens the index of a folder as it is.
  ///
  /// @param folder belongs to this process alone
  /// @throws IOException if it is missing, damaged or in use
  static VectorIndex existing(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException("there is no index in " + folder);
    }
    return sound(folder);
  }

  /// Tells whether another process uses the index of a folder.
  ///
  /// @param folder of an index
  /// @throws IOException if so
  static void refuseInUse(Path folder) throws IOException {
    try (FSDirectory directory = FSDirectory.open(folder);
        Lock lock = directory.obtainLock(IndexWriter.WRITE_LOCK_NAME)) {
      lock.ensureValid();
    }
  }

  private static VectorIndex sound(Path folder) throws IOException {
    FSDirectory directory = FSDirectory.open(folder);
    IndexWriter writer = null;
    VectorIndex index = null;
    var merges = new ConcurrentMergeScheduler();
    try {
      writer =
          new IndexWriter(
              directory,
              new IndexWriterConfig()
                  .setCodec(new VectorCodec())
                  .setRAMBufferSizeMB(BUFFER_MEBIBYTES)
                  .setMergeScheduler(merges)
                  .setCommitOnClose(false));
      checkFiles(writer);
      index = new VectorIndex(directory, writer, merges);
      return index;
    } finally {
      if (index == null) {
        if (writer != null) {
          writer.rollback();
        }
        directory.close();
      }
    }
  }

  /// Compares all files with their checksums.
  private static void checkFiles(IndexWriter writer) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(writer)) {
      for (LeafReaderContext leaf : reader.leaves()) {
        leaf.reader().checkIntegrity();
      }
    }
  }

  private static Cursor read(IndexWriter writer) throws CorruptIndexException {
    Iterable<Map.Entry<String, String>> data = writer.getLiveCommitData();
    Map<String, String> values = new HashMap<>();
    if (data != null) {
      data.forEach(entry -> values.put(entry.getKey(), entry.getValue()));
    }
    if (values.isEmpty() && writer.getDocStats().maxDoc == 0) {
      return Cursor.START;
    }
    try {
      if (!FORMAT.equals(values.get("format"))) {
        throw new CorruptIndexException("another format", "commit data");
      }
      return new Cursor(
          Long.parseLong(values.getOrDefault("version", "")),
          UUID.fromString(values.getOrDefault("id", "")));
    } catch (IllegalArgumentException e) {
      throw new CorruptIndexException("no cursor", "commit data", e);
    }
  }

  /// {@return up to where it has read the table}
  synchronized Cursor cursor() {
    return cursor;
  }

  /// Takes changes over; they are found when this returns.
  ///
  /// @param changes in the order of the table, after the cursor
  /// @throws IOException if the disk refuses
  synchronized void apply(List<Change> changes) throws IOException {
    for (Change change : changes) {
      if (change.deleted()) {
        writer.deleteDocuments(VectorDocument.term(change.id()));
      } else {
        writer.updateDocument(VectorDocument.term(change.id()), VectorDocument.of(change));
      }
      cursor = change.cursor();
    }
  }

  /// Makes what was taken over visible to searches.
  ///
  /// @throws IOException if the disk refuses
  void refresh() throws IOException {
    searchers.maybeRefreshBlocking();
  }

  /// Writes what was taken over to the disk, waits until no segments are left to merge, and writes
  /// that too. Searches see it.
  ///
  /// @throws IOException if the disk refuses
  void settle() throws IOException {
    commit();
    do {
      writer.maybeMerge();
      merges.sync();
    } while (writer.hasPendingMerges());
    refresh();
    writer.commit();
  }

  /// {@return how many segments a search goes through}
  ///
  /// @throws IOException if the index cannot be read
  int segments() throws IOException {
    IndexSearcher searcher = searchers.acquire();
    try {
      return searcher.getIndexReader().leaves().size();
    } finally {
      searchers.release(searcher);
    }
  }

  /// Writes what was taken over to the disk.
  ///
  /// @throws IOException if the disk refuses
  synchronized void commit() throws IOException {
    if (cursor.equals(committed)) {
      return;
    }
    var data =
        Map.of(
            "format", FORMAT, "version", Long.toString(cursor.version()), "id", cursor.id() + "");
    writer.setLiveCommitData(data.entrySet());
    writer.commit();
    committed = cursor;
  }

  /// Forgets everything.
  ///
  /// @throws IOException if the disk refuses
  synchronized void clear() throws IOException {
    writer.deleteAll();
    cursor = Cursor.START;
    commit();
    refresh();
  }

  /// {@return the embeddings nearest to a vector, nearest first}
  ///
  /// @param user whose
  /// @param target of length 1
  /// @param count how many
  /// @param scope where to look
  /// @param precision whether to look at all of them
  /// @throws IOException if the index cannot be read
  List<Neighbour> nearest(String user, float[] target, int count, Scope scope, Precision precision)
      throws IOException {
    IndexSearcher searcher = searchers.acquire();
    try {
      Query filter = VectorDocument.within(user, scope);
      var search = new VectorSearch(searcher, filter, target, count);
      List<ScoreDoc> found =
          switch (precision) {
            case EXACT -> search.exactly();
            case FAST ->
                search.nearest(
                    searcher.getIndexReader().docFreq(VectorDocument.owned(user).getTerm()));
          };
      List<Neighbour> neighbours = new ArrayList<>();
      List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
      for (ScoreDoc hit : found) {
        LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(hit.doc, leaves));
        double cosine = Math.clamp(2.0 * hit.score - 1, -1, 1); // Lucene scores (1 + dot) / 2
        neighbours.add(VectorDocument.read(leaf.reader(), hit.doc - leaf.docBase, cosine));
      }
      return neighbours;
    } finally {
      searchers.release(searcher);
    }
  }

  /// {@return what is in the index, to compare with the table}
  ///
  /// @throws IOException if the index cannot be read
  Sum sum() throws IOException {
    IndexSearcher searcher = searchers.acquire();
    try {
      long rows = 0;
      long versions = 0;
      for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
        NumericDocValues values = leaf.reader().getNumericDocValues(VectorDocument.VERSION);
        Bits live = leaf.reader().getLiveDocs();
        while (values != null && values.nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
          if (live == null || live.get(values.docID())) {
            rows++;
            versions += values.longValue();
          }
        }
      }
      return new Sum(rows, versions);
    } finally {
      searchers.release(searcher);
    }
  }

  /// Tells the version of every embedding.
  ///
  /// @param versions receives them by the embeddings' ids
  /// @throws IOException if the index cannot be read
  void versions(Map<UUID, Long> versions) throws IOException {
    IndexSearcher searcher = searchers.acquire();
    try {
      for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
        VectorDocument.versions(leaf.reader(), versions);
      }
    } finally {
      searchers.release(searcher);
    }
  }

  @Override
  public void close() throws IOException {
    try (directory;
        writer;
        searchers) {
      if (writer.isOpen()) {
        commit();
      }
    }
  }

  /// Closes without keeping anything that was not committed.
  ///
  /// @throws IOException if the disk refuses
  void abandon() throws IOException {
    try (directory;
        searchers) {
      writer.rollback();
    }
  }
}
