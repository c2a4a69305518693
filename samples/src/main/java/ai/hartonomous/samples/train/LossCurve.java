package ai.hartonomous.samples.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Mean training loss and learning rate over a run, one point for every few steps.
final class LossCurve {
  private static final int WIDTH = 60;
  private static final int HEIGHT = 12;

  private final List<Point> points = new ArrayList<>();

  /// A mean over the steps since the point before.
  ///
  /// @param step steps taken so far
  /// @param tokens tokens of text trained so far
  /// @param loss nats per answer token
  /// @param rate learning rate of the last step
  record Point(int step, long tokens, double loss, double rate) {}

  List<Point> points() {
    return points;
  }

  void add(Point point) {
    points.add(point);
  }

  /// {@return one line for each point under a line of names}
  String csv() {
    var text = new StringBuilder("step,tokens,loss,rate\n");
    for (Point p : points) {
      text.append("%d,%d,%.5f,%.3e\n".formatted(p.step(), p.tokens(), p.loss(), p.rate()));
    }
    return text.toString();
  }

  /// {@return the curve as text, loss on a logarithmic scale upwards, steps to the right}
  String picture() {
    double high = points.stream().mapToDouble(p -> Math.log(p.loss())).max().orElse(0);
    double low = points.stream().mapToDouble(p -> Math.log(p.loss())).min().orElse(0);
    char[][] cells = new char[HEIGHT][WIDTH];
    for (char[] row : cells) {
      Arrays.fill(row, ' ');
    }
    int last = points.isEmpty() ? 1 : points.getLast().step();
    for (Point p : points) {
      int column = (int) ((WIDTH - 1L) * p.step() / last);
      double share = high > low ? (high - Math.log(p.loss())) / (high - low) : 0;
      cells[(int) Math.round(share * (HEIGHT - 1))][column] = '*';
    }
    var text = new StringBuilder();
    for (int r = 0; r < HEIGHT; r++) {
      double loss = Math.exp(high - (high - low) * r / (HEIGHT - 1));
      text.append(
          String.format(Locale.ROOT, "%8.4f |%s\n", loss, new String(cells[r]).stripTrailing()));
    }
    return text.append("          0%s%d steps\n".formatted(" ".repeat(WIDTH - 12), last))
        .toString();
  }
}
