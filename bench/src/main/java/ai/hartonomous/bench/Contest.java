package ai.hartonomous.bench;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A kind of work that we and others do on the same inputs.
interface Contest {

  /// {@return name, for choosing contests and for the table}
  String name();

  /// {@return how speed is expressed, such as `GFLOP/s`}
  String unit();

  /// {@return units of work in one turn: speed is this divided by seconds}
  double amount();

  /// Builds all contenders.
  ///
  /// @param threads threads each of them may use
  /// @param scratch for models and weights
  /// @return us and our peers; the caller closes it
  /// @throws IOException if a peer that is present cannot be started
  Entry open(int threads, Scratch scratch) throws IOException;

  /// {@return whether our peak memory is part of the result}
  default boolean weighsMemory() {
    return false;
  }

  /// Measures our own work's peak memory, see {@link PeakMemory}.
  ///
  /// @param threads threads it may use
  /// @return what was measured, or nothing where it cannot be
  /// @throws IOException if the measuring process fails
  default Optional<PeakMemory> peakMemory(int threads) throws IOException {
    return Optional.empty();
  }

  /// Everyone who takes part.
  ///
  /// @param ours our implementation
  /// @param rivals peers found on this machine
  /// @param absent peers that are not, each with the reason
  record Entry(Contender ours, List<Rival> rivals, List<String> absent) implements AutoCloseable {
    public Entry {
      rivals = List.copyOf(rivals);
      absent = List.copyOf(absent);
    }

    @Override
    public void close() throws IOException {
      ours.close();
      for (Rival rival : rivals) {
        rival.contender().close();
      }
    }
  }
}
