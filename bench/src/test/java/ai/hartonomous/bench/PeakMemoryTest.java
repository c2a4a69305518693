package ai.hartonomous.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PeakMemoryTest {
  private static final int SIZE = 96 << 20;

  /// Touches every page of one array and keeps it.
  static final class Array {
    private Array() {}

    /// Prints the peak.
    ///
    /// @param args none
    public static void main(String[] args) throws IOException {
      PeakMemory.report(
          () -> {
            byte[] bytes = new byte[SIZE];
            for (int i = 0; i < bytes.length; i += 512) {
              bytes[i] = (byte) i;
            }
            return bytes;
          });
    }
  }

  @Test
  void seesAnArrayAndLittleElse() throws IOException {
    assumeTrue(Files.isReadable(Path.of("/proc/self/status")), "no /proc/self/status here");

    PeakMemory peak = PeakMemory.of(Array.class).orElseThrow();

    assertThat(peak.residentBytes()).isBetween((long) SIZE, SIZE + (64L << 20));
    assertThat(peak.liveBytes()).isBetween((long) SIZE, SIZE + (8L << 20));
  }
}
