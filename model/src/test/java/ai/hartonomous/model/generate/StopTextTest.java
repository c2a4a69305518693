package ai.hartonomous.model.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StopTextTest {

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void showsWhatComesBeforeTheFirstStopHoweverTheTextIsCut(long seed) {
    var random = new SplittableRandom(seed);
    for (int round = 0; round < 500; round++) {
      List<String> stops = List.of(text(random, 1, 4), text(random, 1, 4));
      String text = text(random, 0, 30);
      var stop = new StopText(stops, null);

      String shown = shown(stop, text, random);

      int first = first(text, stops);
      assertThat(stop.reached()).as("%s in %s", stops, text).isEqualTo(first >= 0);
      assertThat(shown)
          .as("%s in %s", stops, text)
          .isEqualTo(first < 0 ? text : text.substring(0, first));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void letsThroughWhatBeginsInACertainWayHoweverTheTextIsCut(long seed) {
    var random = new SplittableRandom(seed);
    for (int round = 0; round < 500; round++) {
      List<String> stops = List.of(text(random, 1, 2));
      String unless = text(random, 1, 4);
      String text = text(random, 0, 12);
      var stop = new StopText(stops, unless);

      String shown = shown(stop, text, random);

      int first = text.startsWith(unless) ? -1 : first(text, stops);
      assertThat(shown)
          .as("%s unless %s in %s", stops, unless, text)
          .isEqualTo(first < 0 ? text : text.substring(0, first));
      assertThat(stop.reached()).isEqualTo(first >= 0);
    }
  }

  /// {@return what is let through of a text that comes in pieces of any length}
  private static String shown(StopText stop, String text, SplittableRandom random) {
    var shown = new StringBuilder();
    for (int at = 0; at < text.length() && !stop.reached(); ) {
      int end = Math.min(text.length(), at + random.nextInt(4));
      shown.append(stop.next(text.substring(at, end)));
      at = end;
    }
    return shown.append(stop.reached() ? "" : stop.finish()).toString();
  }

  /// Where the stop that is complete first begins, the longer of two; or -1.
  private static int first(String text, List<String> stops) {
    for (int end = 1; end <= text.length(); end++) {
      String soFar = text.substring(0, end);
      int longest = stops.stream().filter(soFar::endsWith).mapToInt(String::length).max().orElse(0);
      if (longest > 0) {
        return end - longest;
      }
    }
    return -1;
  }

  private static String text(SplittableRandom random, int least, int most) {
    var text = new StringBuilder();
    int length = random.nextInt(least, most + 1);
    for (int i = 0; i < length; i++) {
      text.append((char) ('a' + random.nextInt(2)));
    }
    return text.toString();
  }
}
