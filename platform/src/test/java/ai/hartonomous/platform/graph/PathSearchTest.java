package ai.hartonomous.platform.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathSearchTest {

  /// {@return the strongest simple paths, by trying all}
  static List<StrongPath> tryAll(
      List<Influence> edges, String from, String to, int length, int count) {
    List<StrongPath> all = new ArrayList<>();
    extend(edges, new ArrayList<>(), new HashSet<>(Set.of(from)), from, to, length, all);
    all.sort(Comparator.comparingDouble(path -> -Math.abs(path.strength())));
    return all.subList(0, Math.min(count, all.size()));
  }

  @SuppressWarnings("checkstyle:parameternumber") // a recursion with all it knows
  private static void extend(
      List<Influence> edges,
      List<Influence> path,
      Set<String> met,
      String at,
      String to,
      int left,
      List<StrongPath> all) {
    if (at.equals(to)) {
      double strength = path.stream().mapToDouble(Influence::strength).reduce(1, (a, b) -> a * b);
      all.add(new StrongPath(strength, path));
      return;
    }
    for (Influence edge : edges) {
      if (left > 0 && edge.sourceId().equals(at) && met.add(edge.targetId())) {
        path.add(edge);
        extend(edges, path, met, edge.targetId(), to, left - 1, all);
        path.removeLast();
        met.remove(edge.targetId());
      }
    }
  }

  private static List<Influence> random(long seed) {
    var random = new SplittableRandom(seed);
    List<Influence> edges = new ArrayList<>();
    for (int source = 0; source < 12; source++) {
      for (int target = 0; target < 12; target++) {
        if (random.nextInt(3) == 0) {
          edges.add(Influence.of("n" + source, "n" + target, random.nextDouble(-1.5, 1.5)));
        }
      }
    }
    return edges;
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void findsTheStrongestPathsThatThereAre(long seed) {
    List<Influence> edges = random(seed);

    PathSearch.Found found = new PathSearch(edges, "n7", 5).from("n3", 25);

    List<StrongPath> expected = tryAll(edges, "n3", "n7", 5, 25);
    assertThat(found.complete()).isTrue();
    assertThat(found.paths()).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      // Products of at most five numbers, in another order: a few roundings.
      assertThat(Math.abs(found.paths().get(i).strength()))
          .isCloseTo(Math.abs(expected.get(i).strength()), within(1e-12));
    }
  }

  @Test
  void keepsTheSignOfTheProduct() {
    List<Influence> edges = List.of(Influence.of("a", "b", -2), Influence.of("b", "c", 3));

    StrongPath path = new PathSearch(edges, "c", 2).from("a", 5).paths().getFirst();

    assertThat(path.strength()).isEqualTo(-6);
    assertThat(path.influences()).isEqualTo(edges);
  }

  @Test
  void findsNothingWhereThereIsNoWay() {
    List<Influence> edges = List.of(Influence.of("a", "b", 1), Influence.of("b", "c", 1));

    assertThat(new PathSearch(edges, "c", 1).from("a", 5).paths()).isEmpty();
    assertThat(new PathSearch(edges, "a", 5).from("c", 5).paths()).isEmpty();
  }

  @Test
  void endsEarlyWhereThereIsTooMuchToTry() {
    List<Influence> edges = new ArrayList<>(List.of(Influence.of("h0_0", "end", 1)));
    for (int layer = 0; layer < 5; layer++) {
      for (int source = 0; source < 60; source++) {
        for (int target = 0; target < 60; target++) {
          edges.add(
              Influence.of(
                  "h%d_%d".formatted(layer, source), "h%d_%d".formatted(layer + 1, target), 1));
        }
      }
    }

    PathSearch.Found found = new PathSearch(edges, "h5_0", 5).from("h0_0", 1_000_000);

    assertThat(found.complete()).isFalse();
  }
}
