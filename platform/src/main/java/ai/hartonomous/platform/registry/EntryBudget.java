package ai.hartonomous.platform.registry;

import ai.hartonomous.platform.web.Problem;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A stream of which only so much may be read until more is allowed. It keeps an archive's headers,
/// which the tar library collects in memory, small.
final class EntryBudget extends FilterInputStream {

  private static final int RECORD = 10_240; // a tar reader reads ahead by at most one record

  private long remaining;
  private boolean ended;

  EntryBudget(InputStream in) {
    super(in);
  }

  /// Allows the next bytes; what was left of the last allowance is forfeit.
  void allow(long bytes) {
    remaining = bytes + RECORD;
  }

  /// {@return whether the stream came to its end}
  boolean ended() {
    return ended;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read = super.read(buffer, offset, length);
    ended |= read < 0;
    count(Math.max(read, 0));
    return read;
  }

  @Override
  public long skip(long wanted) throws IOException {
    long skipped = super.skip(wanted);
    count(skipped);
    return skipped;
  }

  private void count(long read) {
    remaining -= read;
    if (remaining < 0) {
      throw Problem.unprocessable(
          "archive", "The archive has an entry with absurdly long headers.");
    }
  }
}
