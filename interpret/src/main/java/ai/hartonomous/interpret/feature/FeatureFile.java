package ai.hartonomous.interpret.feature;

import ai.hartonomous.model.checkpoint.CheckpointException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/// A file of features, open for reading page by page. The package comment has the format. Any
/// number of threads may read.
public final class FeatureFile implements AutoCloseable {
  /// Features of one page.
  public static final int PAGE = 32;

  private static final long START = 0x4846454154555245L; // HFEATURE
  private static final long END = 0x4846454154454e44L; // HFEATEND
  private static final int VERSION = 1;
  private static final int MAX_PAGE_BYTES = 1 << 26;
  private static final int MAX_INDEX_BYTES = 1 << 26;
  private static final int FOOTER = 20;

  private final Path path;
  private final FileChannel channel;
  private final long[] pages;
  private final int size;
  private final String origin;

  private FeatureFile(Path path, FileChannel channel, long[] pages, int size, String origin) {
    this.path = path;
    this.channel = channel;
    this.pages = pages;
    this.size = size;
    this.origin = origin;
  }

  /// Writes a new file.
  ///
  /// @param path created; must not exist
  /// @param features all of a coder, by their number from 0
  /// @param origin JSON text about model, coder, text and settings
  /// @throws IOException if the file exists or cannot be written
  public static void write(Path path, List<Feature> features, String origin) throws IOException {
    try (FileChannel out =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      put(out, ByteBuffer.allocate(12).putLong(START).putInt(VERSION).flip());
      List<Long> places = new ArrayList<>();
      for (int from = 0; from < features.size(); from += PAGE) {
        places.add(out.position());
        writePage(out, features.subList(from, Math.min(features.size(), from + PAGE)));
      }
      byte[] text = origin.getBytes(StandardCharsets.UTF_8);
      ByteBuffer index = ByteBuffer.allocate(12 + 8 * places.size() + text.length);
      index.putInt(features.size()).putInt(places.size());
      places.forEach(index::putLong);
      index.putInt(text.length).put(text).flip();
      long at = out.position();
      int checksum = checksum(index.array());
      put(out, index);
      put(out, ByteBuffer.allocate(FOOTER).putLong(at).putInt(checksum).putLong(END).flip());
    }
  }

  private static void writePage(FileChannel out, List<Feature> features) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var data = new DataOutputStream(bytes);
    for (Feature feature : features) {
      FeatureCodec.write(feature, data);
    }
    byte[] plain = bytes.toByteArray();
    byte[] packed = packed(plain);
    ByteBuffer head = ByteBuffer.allocate(12);
    head.putInt(plain.length).putInt(packed.length).putInt(checksum(packed)).flip();
    put(out, head);
    put(out, ByteBuffer.wrap(packed));
  }

  private static byte[] packed(byte[] plain) {
    var deflater = new Deflater();
    try {
      deflater.setInput(plain);
      deflater.finish();
      var out = new ByteArrayOutputStream();
      byte[] chunk = new byte[1 << 14];
      while (!deflater.finished()) {
        out.write(chunk, 0, deflater.deflate(chunk));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  /// Opens a file; the caller closes it.
  ///
  /// @param path the file
  /// @return the open file
  /// @throws CheckpointException if it is damaged or something else
  /// @throws IOException if it cannot be read
  public static FeatureFile open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path);
    try {
      return open(path, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static FeatureFile open(Path path, FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < 12 + 12 + FOOTER) {
      throw fault(path, 0, "a file of features", size + " bytes");
    }
    ByteBuffer start = ByteBuffer.wrap(get(channel, 0, 12));
    if (start.getLong() != START) {
      throw fault(path, 0, "HFEATURE", "other bytes");
    }
    int version = start.getInt();
    if (version != VERSION) {
      throw fault(path, 8, "version " + VERSION, "" + version);
    }
    ByteBuffer footer = ByteBuffer.wrap(get(channel, size - FOOTER, FOOTER));
    long at = footer.getLong();
    int checksum = footer.getInt();
    long length = size - FOOTER - at;
    if (footer.getLong() != END || at < 12 || length < 12 || length > MAX_INDEX_BYTES) {
      throw fault(path, size - FOOTER, "the place of an index and HFEATEND", "other bytes");
    }
    byte[] indexBytes = get(channel, at, (int) length);
    if (checksum(indexBytes) != checksum) {
      throw fault(path, at, "an index with checksum " + checksum, "another");
    }
    return index(path, channel, at, ByteBuffer.wrap(indexBytes));
  }

  private static FeatureFile index(Path path, FileChannel channel, long at, ByteBuffer index)
      throws CheckpointException {
    int count = index.getInt();
    int pageCount = index.getInt();
    boolean fits = count >= 0 && pageCount == (count + PAGE - 1L) / PAGE;
    if (!fits || index.remaining() < 8L * pageCount + 4) {
      throw fault(path, at, "the pages of %d features".formatted(count), pageCount + " pages");
    }
    long[] pages = new long[pageCount];
    for (int p = 0; p < pageCount; p++) {
      pages[p] = index.getLong();
      if (pages[p] < 12 || pages[p] > at - 12) {
        throw fault(path, at, "a page before the index", "one at " + pages[p]);
      }
    }
    byte[] text = new byte[Math.clamp(index.getInt(), 0, index.remaining())];
    index.get(text);
    return new FeatureFile(path, channel, pages, count, new String(text, StandardCharsets.UTF_8));
  }

  /// {@return number of features}
  public int size() {
    return size;
  }

  /// {@return JSON text about model, coder, text and settings}
  public String origin() {
    return origin;
  }

  /// {@return number of pages, of {@link #PAGE} features each but the last}
  public int pages() {
    return pages.length;
  }

  /// Reads one page.
  ///
  /// @param page its number from 0
  /// @return its features, by rising number
  /// @throws CheckpointException if it is damaged
  /// @throws IOException if it cannot be read
  public List<Feature> page(int page) throws IOException {
    long at = pages[page];
    ByteBuffer head = ByteBuffer.wrap(get(channel, at, 12));
    int plain = head.getInt();
    int length = head.getInt();
    int checksum = head.getInt();
    boolean fits = plain >= 0 && plain <= MAX_PAGE_BYTES && length >= 0;
    if (!fits || length > channel.size() - at - 12) {
      throw fault(path, at, "a page within the file", length + " bytes");
    }
    byte[] packed = get(channel, at + 12, length);
    if (checksum(packed) != checksum) {
      throw fault(path, at, "a page with checksum " + checksum, "another");
    }
    int count = Math.min(PAGE, size - page * PAGE);
    try (var in = new DataInputStream(new ByteArrayInputStream(plain(packed, plain)))) {
      List<Feature> features = new ArrayList<>();
      for (int f = 0; f < count; f++) {
        features.add(FeatureCodec.read(in));
      }
      return features;
    } catch (DataFormatException | IOException e) {
      var failure = fault(path, at, "%d features".formatted(count), "" + e.getMessage());
      failure.initCause(e);
      throw failure;
    }
  }

  /// Reads the page of one feature.
  ///
  /// @param feature its number
  /// @return the feature
  /// @throws IllegalArgumentException if there is no such feature
  /// @throws IOException if its page is damaged or cannot be read
  public Feature feature(int feature) throws IOException {
    if (feature < 0 || feature >= size) {
      throw new IllegalArgumentException("feature %d of %d".formatted(feature, size));
    }
    return page(feature / PAGE).get(feature % PAGE);
  }

  private static byte[] plain(byte[] packed, int length) throws DataFormatException {
    var inflater = new Inflater();
    try {
      inflater.setInput(packed);
      byte[] plain = new byte[length];
      int done = 0;
      while (done < length) {
        int count = inflater.inflate(plain, done, length - done);
        if (count == 0) {
          throw new DataFormatException("%d bytes of %d".formatted(done, length));
        }
        done += count;
      }
      return plain;
    } finally {
      inflater.end();
    }
  }

  private static int checksum(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private static void put(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  private static byte[] get(FileChannel in, long at, int length) throws IOException {
    byte[] bytes = new byte[length];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining() && in.read(buffer, at + buffer.position()) >= 0) {
      // until it is full, or the file ends early, which its checksum will tell
    }
    return bytes;
  }

  private static CheckpointException fault(Path path, long at, String expected, String found) {
    return new CheckpointException(path, "byte " + at, expected, found);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
