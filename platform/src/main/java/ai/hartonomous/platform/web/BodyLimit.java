package ai.hartonomous.platform.web;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A stream that ends the request with status 413 when more than a number of bytes is read.
public final class BodyLimit extends FilterInputStream {

  private final long limitBytes;
  private long remaining;

  /// Wraps a stream.
  ///
  /// @param in the body
  /// @param limitBytes most bytes that may be read
  public BodyLimit(InputStream in, long limitBytes) {
    super(in);
    this.limitBytes = limitBytes;
    this.remaining = limitBytes;
  }

  @Override
  public int read() throws IOException {
    int value = super.read();
    if (value >= 0) {
      count(1);
    }
    return value;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read = super.read(buffer, offset, length);
    if (read > 0) {
      count(read);
    }
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
      throw Problem.tooLarge("The body is larger than %,d bytes.".formatted(limitBytes));
    }
  }
}
