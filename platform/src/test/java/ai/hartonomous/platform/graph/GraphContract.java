package ai.hartonomous.platform.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.platform.graph.Circuit.Origin;
import ai.hartonomous.platform.graph.Feature.Place;
import ai.hartonomous.platform.graph.GraphStore.Ends;
import ai.hartonomous.platform.graph.Influence.Evidence;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What every place that keeps graphs must do. Each test has users of its own.
@SuppressWarnings("doclint:missing") // tests
public abstract class GraphContract {

  private final String ann = "ann-" + UUID.randomUUID();
  private final String eve = "eve-" + UUID.randomUUID();

  /// For subclasses.
  protected GraphContract() {}

  /// {@return the store under test; shared by all tests}
  protected abstract GraphStore store();

  private static Feature feature(String id) {
    return Feature.of(id, "name of " + id);
  }

  private static List<Feature> features(String... ids) {
    return List.of(ids).stream().map(GraphContract::feature).toList();
  }

  /// a -> b -> c -> d, a -> c, d -> a; x -> b.
  private Circuit ring(String user) {
    return store()
        .save(
            user,
            CircuitDraft.of(
                "ring",
                features("a", "b", "c", "d", "x"),
                List.of(
                    Influence.of("a", "b", 0.9),
                    Influence.of("b", "c", -0.8),
                    Influence.of("c", "d", 0.5),
                    Influence.of("a", "c", 0.1),
                    Influence.of("d", "a", 0.3),
                    Influence.of("x", "b", 0.7))));
  }

  private Scope whole() {
    return Scope.of(ann);
  }

  private List<String> reached(Scope scope, Walk walk) {
    return store().neighbourhood(scope, walk).features().stream()
        .map(it -> it.feature().id() + it.distance())
        .toList();
  }

  @Test
  void storesAndReadsAllThatIsKnown() {
    UUID model = UUID.randomUUID();
    UUID analysis = UUID.randomUUID();
    var known =
        new Feature(
            "m/1",
            "head, with ' and \" and \\ and é",
            FeatureKind.HEAD,
            1.5,
            0.25,
            "names\nof cities",
            new Place(model, 3, "layers.3.mlp", 17),
            null);
    var edge = new Influence("m/1", "b", -0.5, new Evidence(0.9, "eap_ig", 12, 7L), null);
    var draft =
        new CircuitDraft(
            "c",
            "text",
            new Origin(model, analysis, null),
            List.of(known, feature("b")),
            List.of(edge));

    Circuit circuit = store().save(ann, draft);

    assertThat(store().circuit(ann, circuit.id())).contains(circuit);
    assertThat(circuit.origin()).isEqualTo(draft.origin());
    assertThat(circuit.features()).isEqualTo(2);
    assertThat(circuit.created()).isEqualTo(circuit.updated());
    Subgraph graph = store().read(new Scope(ann, circuit.id()), 10, 10);
    assertThat(graph.features())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("updated")
        .containsExactly(feature("b"), known);
    assertThat(graph.influences())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("updated")
        .containsExactly(edge);
  }

  @Test
  void changesAnEdgeWhoseStrengthChangesInsteadOfAddingOne() {
    Circuit first = ring(ann);

    Circuit second =
        store()
            .save(ann, CircuitDraft.of("ring", List.of(), List.of(Influence.of("a", "b", -2.5))));

    assertThat(second.id()).isEqualTo(first.id());
    List<Influence> edges = store().read(whole(), 100, 100).influences();
    assertThat(edges).hasSize(6);
    assertThat(edges.getFirst().strength()).isEqualTo(-2.5);
    assertThat(second.created()).isEqualTo(first.created());
    assertThat(second.updated()).isAfter(first.updated());
  }

  @Test
  void keepsWhatIsNotSaidAgain() {
    var known =
        new Feature("a", "a", FeatureKind.MLP, 2.0, 0.5, "cats", new Place(null, 1, null, 2), null);
    store().save(ann, CircuitDraft.of("one", List.of(known), List.of()));

    store().save(ann, CircuitDraft.of("two", features("a"), List.of()));

    Feature now = store().features(whole(), List.of("a")).getFirst();
    assertThat(now.activation()).isEqualTo(2.0);
    assertThat(now.interpretation()).isEqualTo("cats");
    assertThat(now.place().layer()).isEqualTo(1);
    assertThat(now.name()).isEqualTo("name of a");
  }

  @Test
  void storesTheSameTwiceWithoutChange() {
    ring(ann);
    Subgraph before = store().read(whole(), 100, 100);

    Circuit again = ring(ann);

    assertThat(again.features()).isEqualTo(5);
    assertThat(store().circuits(ann, new UUID(0, 0), 10)).hasSize(1);
    assertThat(store().read(whole(), 100, 100))
        .usingRecursiveComparison()
        .ignoringFieldsMatchingRegexes(".*updated")
        .isEqualTo(before);
  }

  @Test
  void keepsUsersApart() {
    Circuit anns = ring(ann);
    store()
        .save(eve, CircuitDraft.of("ring", features("a", "z"), List.of(Influence.of("a", "z", 1))));
    var out = new Walk("a", Direction.BOTH, 6, 0, 100);

    assertThat(store().circuit(eve, anns.id())).isEmpty();
    assertThat(store().circuits(eve, new UUID(0, 0), 10)).hasSize(1);
    assertThat(reached(Scope.of(eve), out)).containsExactly("a0", "z1");
    assertThat(reached(whole(), out)).doesNotContain("z1");
    assertThat(store().features(Scope.of(eve), List.of("b", "a"))).hasSize(1);
    assertThat(store().between(Scope.of(eve), new Ends("a", "d", 6, 0, 100))).isEmpty();
    assertThat(store().read(Scope.of(eve), 10, 10).influences()).hasSize(1);
    assertThat(reached(new Scope(eve, anns.id()), out)).isEmpty();
    assertThat(store().read(new Scope(eve, anns.id()), 10, 10).features()).isEmpty();
    assertThat(store().delete(eve, anns.id())).isFalse();
    assertThat(store().read(whole(), 100, 100).influences()).hasSize(6);
  }

  @Test
  void walksEitherWayAsFarAsAsked() {
    ring(ann);

    assertThat(reached(whole(), new Walk("a", Direction.OUT, 2, 0, 100)))
        .containsExactly("a0", "b1", "c1", "d2");
    assertThat(reached(whole(), new Walk("b", Direction.IN, 1, 0, 100)))
        .containsExactly("b0", "a1", "x1");
    assertThat(reached(whole(), new Walk("b", Direction.IN, 2, 0, 100)))
        .containsExactly("b0", "a1", "x1", "d2");
    assertThat(reached(whole(), new Walk("b", Direction.BOTH, 1, 0, 100)))
        .containsExactly("b0", "a1", "c1", "x1");
    assertThat(reached(whole(), new Walk("a", Direction.OUT, 0, 0, 100))).containsExactly("a0");
    assertThat(reached(whole(), new Walk("no", Direction.OUT, 3, 0, 100))).isEmpty();
  }

  @Test
  void leavesWeakEdgesOutOfAWalk() {
    ring(ann);

    var walk = new Walk("a", Direction.OUT, 2, 0.6, 100);

    assertThat(reached(whole(), walk)).containsExactly("a0", "b1", "c2");
    assertThat(store().neighbourhood(whole(), walk).influences())
        .extracting(Influence::strength)
        .containsExactly(0.9, -0.8);
  }

  @Test
  void saysThatAWalkFoundMoreThanWasAskedFor() {
    ring(ann);

    Neighbourhood some = store().neighbourhood(whole(), new Walk("a", Direction.OUT, 6, 0, 3));

    assertThat(some.truncated()).isTrue();
    assertThat(some.features())
        .extracting(Neighbourhood.Reached::distance)
        .containsExactly(0, 1, 1);
    assertThat(store().neighbourhood(whole(), new Walk("a", Direction.OUT, 1, 0, 3)).truncated())
        .isFalse();
  }

  @Test
  void staysInTheCircuitThatIsAskedAbout() {
    ring(ann);
    Circuit part = store().save(ann, CircuitDraft.of("part", features("a", "c", "d"), List.of()));
    var scope = new Scope(ann, part.id());

    assertThat(reached(scope, new Walk("a", Direction.OUT, 6, 0, 100)))
        .containsExactly("a0", "c1", "d2");
    assertThat(store().read(scope, 10, 10).influences()).hasSize(3);
    assertThat(store().features(scope, List.of("a", "b"))).hasSize(1);
    assertThat(store().between(scope, new Ends("a", "c", 3, 0, 100))).hasSize(1);
  }

  @Test
  void readsWhatLiesBetweenTwoFeatures() {
    ring(ann);

    assertThat(store().between(whole(), new Ends("a", "c", 2, 0, 100)))
        .extracting(Influence::key)
        .containsExactly("a\nb", "a\nc", "b\nc");
    assertThat(store().between(whole(), new Ends("a", "c", 1, 0, 100)))
        .extracting(Influence::key)
        .containsExactly("a\nc");
    assertThat(store().between(whole(), new Ends("a", "c", 2, 0.5, 100))).hasSize(2);
    assertThat(store().between(whole(), new Ends("a", "x", 6, 0, 100))).isEmpty();
  }

  @Test
  void refusesToReadMoreThanWasAllowed() {
    ring(ann);

    assertThatThrownBy(() -> store().read(whole(), 4, 100)).isInstanceOf(TooLargeException.class);
    assertThatThrownBy(() -> store().read(whole(), 5, 5)).isInstanceOf(TooLargeException.class);
    assertThatThrownBy(() -> store().between(whole(), new Ends("a", "c", 6, 0, 2)))
        .isInstanceOf(TooLargeException.class);
  }

  @Test
  void addsToACircuitTheFeaturesThatItsEdgesBorrow() {
    ring(ann);

    Circuit circuit =
        store()
            .save(ann, CircuitDraft.of("more", features("n"), List.of(Influence.of("n", "a", 1))));

    assertThat(store().read(new Scope(ann, circuit.id()), 10, 10).features())
        .extracting(Feature::id)
        .containsExactly("a", "n");
  }

  @Test
  void removesWithACircuitWhatNoOtherHas() {
    Circuit ring = ring(ann);
    Circuit other = store().save(ann, CircuitDraft.of("other", features("a", "b"), List.of()));

    assertThat(store().delete(ann, ring.id())).isTrue();

    assertThat(store().circuit(ann, ring.id())).isEmpty();
    assertThat(store().delete(ann, ring.id())).isFalse();
    Subgraph left = store().read(whole(), 10, 10);
    assertThat(left.features()).extracting(Feature::id).containsExactly("a", "b");
    assertThat(left.influences()).extracting(Influence::key).containsExactly("a\nb");
    assertThat(store().circuit(ann, other.id())).isPresent();
    assertThat(ring(ann).id()).isNotEqualTo(ring.id());
  }

  @Test
  void namesAgentsThatRetainAFeature() {
    UUID agent = UUID.randomUUID();
    var draft =
        new CircuitDraft(
            "kept", null, new Origin(null, null, agent), features("a", "b"), List.of());
    Circuit kept = store().save(ann, draft);
    ring(ann);

    assertThat(store().agents(ann, "a")).containsExactly(agent);
    assertThat(store().agents(ann, "c")).isEmpty();
    assertThat(store().agents(eve, "a")).isEmpty();
    store().delete(ann, kept.id());
    assertThat(store().agents(ann, "a")).isEmpty();
  }

  @Test
  void listsCircuitsPageByPage() {
    List<UUID> made =
        IntStream.range(0, 5)
            .mapToObj(i -> store().save(ann, CircuitDraft.of("c" + i, features("a"), List.of())))
            .map(Circuit::id)
            .toList();

    List<UUID> first = store().circuits(ann, new UUID(0, 0), 3).stream().map(Circuit::id).toList();
    List<UUID> rest = store().circuits(ann, first.getLast(), 3).stream().map(Circuit::id).toList();

    List<UUID> all = new ArrayList<>(first);
    all.addAll(rest);
    assertThat(all).containsExactlyElementsOf(made);
  }

  @Test
  void storesOnceWhatManyStoreAtTheSameTime() throws Exception {
    List<Feature> nodes = features("a", "b", "c", "d", "e", "f");
    List<Influence> edges = new ArrayList<>();
    for (Feature source : nodes) {
      for (Feature target : nodes) {
        edges.add(Influence.of(source.id(), target.id(), 1));
      }
    }
    List<Future<Circuit>> writers = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 8; i++) {
        var draft = CircuitDraft.of("shared", nodes, edges);
        writers.add(executor.submit(() -> store().save(ann, draft)));
      }
    }

    for (Future<Circuit> writer : writers) {
      assertThat(writer.get().features()).isEqualTo(6);
    }
    assertThat(store().circuits(ann, new UUID(0, 0), 10)).hasSize(1);
    assertThat(store().read(whole(), 10, 100).influences()).hasSize(36);
  }

  @Test
  void findsTheSamePathsAsTryingAll() {
    var random = new SplittableRandom(5);
    List<Feature> nodes =
        IntStream.range(0, 30).mapToObj(i -> feature("n%02d".formatted(i))).toList();
    List<Influence> edges = new ArrayList<>();
    for (Feature source : nodes) {
      for (Feature target : nodes) {
        if (random.nextInt(8) == 0) {
          edges.add(Influence.of(source.id(), target.id(), random.nextDouble(-2, 2)));
        }
      }
    }
    store().save(ann, CircuitDraft.of("random", nodes, edges));

    List<Influence> between = store().between(whole(), new Ends("n00", "n29", 4, 0, 1000));
    List<StrongPath> found = new PathSearch(between, "n29", 4).from("n00", 20).paths();

    List<StrongPath> expected = PathSearchTest.tryAll(edges, "n00", "n29", 4, 20);
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      assertThat(Math.abs(found.get(i).strength()))
          .isCloseTo(Math.abs(expected.get(i).strength()), within(1e-12));
    }
  }

  @Test
  void namesOnlyWhatIsWanted() {
    UUID model = UUID.randomUUID();
    List<Feature> features = new ArrayList<>();
    List<Influence> influences = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      FeatureKind kind = i % 2 == 0 ? FeatureKind.HEAD : FeatureKind.FEATURE;
      var place = new Place(i < 4 ? model : null, i == 5 ? null : i, null, null);
      features.add(new Feature("n" + i, "n", kind, null, null, null, place, null));
      if (i > 0) {
        influences.add(Influence.of("n" + (i - 1), "n" + i, 1));
      }
    }
    store().save(ann, CircuitDraft.of("chain", features, influences));

    assertThat(wanted(new Wanted(Set.of(model), Set.of(), null, null), 9))
        .containsExactly("n0", "n1", "n2", "n3");
    assertThat(wanted(new Wanted(Set.of(), Set.of(FeatureKind.HEAD), 1, null), 9))
        .containsExactly("n2", "n4");
    assertThat(wanted(new Wanted(Set.of(), Set.of(), 1, 3), 2)).containsExactly("n1", "n2");
    assertThat(wanted(new Wanted(Set.of(UUID.randomUUID()), Set.of(), null, null), 9)).isEmpty();
  }

  private List<String> wanted(Wanted wanted, int most) {
    var walk = new Walk("n0", Direction.OUT, 6, 0, most, wanted);
    Neighbourhood found = store().neighbourhood(Scope.of(ann), walk);
    assertThat(found.truncated()).isEqualTo(most == 2);
    return found.features().stream().map(it -> it.feature().id()).toList();
  }

  @Test
  void goesThereAndBack() {
    store().check();
    assertThat(store().name()).isNotBlank();
  }
}
