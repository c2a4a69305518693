package ai.hartonomous.interpret.capture;

import ai.hartonomous.model.checkpoint.FileFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What of an unfinished capture is finished: one line of JSON that names the work, then one for
/// each shard. A line counts once it ends; a line that a kill has cut off is forgotten.
final class CaptureJournal implements AutoCloseable {
  static final String NAME = "capture.journal";
  private static final JsonMapper JSON = new JsonMapper();

  private final FileChannel channel;
  private final List<Entry> entries;

  /// A finished shard.
  ///
  /// @param sha256 over its bytes
  /// @param norms sum of `‖x‖` over its rows, for each point
  /// @param squares sum of `‖x‖²` over its rows, for each point
  record Entry(String sha256, double[] norms, double[] squares) {}

  private CaptureJournal(FileChannel channel, List<Entry> entries) {
    this.channel = channel;
    this.entries = entries;
  }

  /// Says whether a shard is still what the journal says.
  interface Check {
    boolean isIntact(int number, String sha256) throws IOException;
  }

  /// Begins a journal, or goes on with the one that is there; the caller closes it.
  ///
  /// @param folder of the capture
  /// @param work all that decides the bytes of the shards
  /// @param check asked about every shard; the first that is not intact and all after it are
  ///   forgotten
  /// @throws CaptureException if the journal is about other work
  static CaptureJournal open(Path folder, ObjectNode work, Check check) throws IOException {
    Path file = folder.resolve(NAME);
    String first = JSON.writeValueAsString(work);
    byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    List<Entry> entries = new ArrayList<>();
    int end = 0;
    for (int next = lineEnd(bytes, 0); next > 0; next = lineEnd(bytes, end)) {
      String line = new String(bytes, end, next - end - 1, StandardCharsets.UTF_8);
      if (end > 0) {
        Entry entry = entry(file, line, entries.size() + 2);
        if (!check.isIntact(entries.size(), entry.sha256())) {
          break;
        }
        entries.add(entry);
      } else if (!line.equals(first)) {
        throw new CaptureException(
            file, "line 1", "the same work, " + first, FileFormatException.quote(line));
      }
      end = next;
    }
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      channel.truncate(end);
      channel.position(end);
      var journal = new CaptureJournal(channel, entries);
      if (end == 0) {
        journal.append(first);
      }
      return journal;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /// {@return place after the end of the line that begins at `from`, or -1 if it does not end}
  private static int lineEnd(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  private static Entry entry(Path file, String line, int number) throws CaptureException {
    try {
      JsonNode node = JSON.readTree(line);
      return new Entry(
          node.path("sha256").asString(),
          doubles(node.path("norms")),
          doubles(node.path("squares")));
    } catch (JacksonException e) {
      var failure =
          new CaptureException(
              file, "line " + number, "a finished shard", FileFormatException.quote(line));
      failure.initCause(e);
      throw failure;
    }
  }

  private static double[] doubles(JsonNode list) {
    return list.valueStream().mapToDouble(JsonNode::asDouble).toArray();
  }

  /// {@return the finished shards, in order}
  List<Entry> entries() {
    return List.copyOf(entries);
  }

  /// Adds a shard; it is on the disk when this returns.
  void add(Entry entry) throws IOException {
    ObjectNode node = JSON.createObjectNode();
    node.put("sha256", entry.sha256());
    put(node.putArray("norms"), entry.norms());
    put(node.putArray("squares"), entry.squares());
    append(JSON.writeValueAsString(node));
    entries.add(entry);
  }

  private static void put(ArrayNode list, double[] numbers) {
    for (double number : numbers) {
      list.add(number);
    }
  }

  private void append(String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
