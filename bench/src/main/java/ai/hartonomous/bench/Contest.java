package ai.hartonomous.bench;

import java.io.IOException;
import java.util.List;

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
