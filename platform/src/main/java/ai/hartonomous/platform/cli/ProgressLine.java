package ai.hartonomous.platform.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One line on a terminal's standard error that is written over again and again, and wiped at the
/// end. Where standard error is no terminal it stays silent.
final class ProgressLine<T> implements AutoCloseable {
  private static final long LEAST_NANOS = 100_000_000;

  private final PrintWriter err;
  private final Function<T, String> text;
  private final boolean shown;
  private long last;
  private int width;

  ProgressLine(PrintWriter err, Function<T, String> text) {
    this.err = err;
    this.text = text;
    Console console = console();
    shown = console != null && console.isTerminal();
    last = System.nanoTime() - LEAST_NANOS;
  }

  private static @Nullable Console console() {
    return System.console();
  }

  /// Shows a state, at most ten times in a second.
  void show(T state) {
    long now = System.nanoTime();
    if (!shown || now - last < LEAST_NANOS) {
      return;
    }
    last = now;
    print(text.apply(state));
  }

  private void print(String line) {
    err.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
    err.flush();
    width = line.length();
  }

  /// Wipes the line.
  @Override
  public void close() {
    if (width > 0) {
      print("");
      err.print("\r");
      err.flush();
      width = 0;
    }
  }
}
