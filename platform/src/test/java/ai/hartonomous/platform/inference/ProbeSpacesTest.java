package ai.hartonomous.platform.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.distill.compose.Combining;
import ai.hartonomous.model.checkpoint.ServingFormat;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.deployment.AgentLease;
import ai.hartonomous.platform.deployment.FewWords;
import ai.hartonomous.platform.deployment.LoadedAgent;
import ai.hartonomous.platform.deployment.LoadedAgent.Marks;
import ai.hartonomous.platform.deployment.ProbeFolder;
import ai.hartonomous.platform.deployment.ServedAgent;
import ai.hartonomous.platform.deployment.Unloaded;
import ai.hartonomous.platform.web.ProblemException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

@Timeout(60)
class ProbeSpacesTest {

  private static final Duration LONG = Duration.ofSeconds(50);

  @TempDir private Path folder;

  private final Turns turns = new Turns();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final AtomicInteger leases = new AtomicInteger();
  private ProbeSpaces spaces;

  @BeforeEach
  void start() {
    spaces = spaces("256MB");
  }

  private ProbeSpaces spaces(String most) {
    var source = new MapConfigurationPropertySource(Map.of("hartonomous.inference.probes", most));
    Settings settings = new Binder(source).bindOrCreate("hartonomous", Settings.class);
    return new ProbeSpaces(settings, turns, new ProbeFolder(folder), new ServingMetrics(registry));
  }

  @AfterEach
  void stop() {
    spaces.stop();
    turns.stop();
  }

  /// Reads anything: a token for each letter.
  private record Letters(FewWords words) implements Tokenizer {

    @Override
    public int vocabularySize() {
      return words.vocabularySize();
    }

    @Override
    public int[] encode(String text) {
      return text.chars().map(letter -> letter % 17).limit(12).toArray();
    }

    @Override
    public String decode(int[] ids) {
      return words.decode(ids);
    }

    @Override
    public OptionalInt beginId() {
      return OptionalInt.empty();
    }

    @Override
    public OptionalInt endId() {
      return OptionalInt.empty();
    }

    @Override
    public boolean addsBegin() {
      return false;
    }

    @Override
    public String contentHash() {
      return words.contentHash();
    }

    @Override
    public String token(int id) {
      return words.token(id);
    }
  }

  private AgentLease lease(Model model, String manifest) {
    var agent =
        new LoadedAgent(
            UUID.randomUUID(), model, new Letters(new FewWords()), null, new Marks("", ""));
    leases.incrementAndGet();
    var served = new ServedAgent(null, List.of(agent), Combining.ROUTE, manifest);
    return new AgentLease(served, leases::decrementAndGet);
  }

  private long measured() {
    return registry.get("hartonomous.probe.measuring.time").timer().count();
  }

  private List<Path> kept() throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found.toList();
    }
  }

  private float[] vector(AgentLease lease) throws InterruptedException {
    try (ProbeSpaces.Use use = spaces.use(lease, LONG)) {
      return use.embed(new int[] {1, 2, 3});
    }
  }

  @Test
  void measuringGoesOnWhenNobodyWaitsAndHoldsTheAgentThatLong() throws Exception {
    Model model = Tiny.llama(1);
    turns.begin(); // nothing is measured before this ends
    try (AgentLease lease = lease(model, "aa")) {
      assertThatThrownBy(() -> spaces.use(lease, Duration.ofMillis(20)))
          .isInstanceOfSatisfying(
              ProblemException.class,
              e -> {
                assertThat(e.problem().status()).isEqualTo(503);
                assertThat(e.problem().detail()).contains("0 of 1536");
              });
    }
    assertThat(leases).hasValue(1);
    turns.end();

    while (leases.get() > 0) {
      Thread.sleep(5);
    }

    assertThat(measured()).isEqualTo(1);
    assertThat(kept()).hasSize(1);
    try (AgentLease lease = lease(model, "aa");
        ProbeSpaces.Use use = spaces.use(lease, Duration.ZERO)) {
      assertThat(use.embed(new int[] {1})).hasSize(1536);
    }
    assertThat(measured()).isEqualTo(1);
  }

  @Test
  void anAgentThatComesBackIsReadAndNotMeasured() throws Exception {
    float[] first;
    try (AgentLease lease = lease(Tiny.llama(1), "aa")) {
      first = vector(lease);
      spaces.forget(new Unloaded(lease.agent()));
    }

    try (AgentLease lease = lease(Tiny.llama(1), "aa")) {
      assertThat(vector(lease)).containsExactly(first);
    }
    assertThat(measured()).isEqualTo(1);
    try (AgentLease lease = lease(Tiny.llama(1), "bb")) {
      vector(lease);
    }
    assertThat(measured()).isEqualTo(2);
  }

  @Test
  void otherNumberFormatsAreMeasuredForThemselves() throws Exception {
    Model model = Tiny.llama(1);
    try (AgentLease lease = lease(model, "aa")) {
      vector(lease);
    }

    Model rounded = ServingFormat.BF16.convert(model);
    try (AgentLease lease = lease(rounded, "aa")) {
      vector(lease);
    }

    assertThat(measured()).isEqualTo(2);
    assertThat(kept()).hasSize(2);
  }

  /// The components of another model under the name of this one.
  @Test
  void whatIsOfAnotherModelIsMeasuredAgain() throws Exception {
    try (AgentLease lease = lease(Tiny.neox(1), "aa")) {
      vector(lease);
    }
    Path other = kept().getFirst();
    float[] first;
    try (AgentLease lease = lease(Tiny.llama(1), "bb")) {
      first = vector(lease);
      spaces.forget(new Unloaded(lease.agent()));
    }
    Path own = kept().stream().filter(it -> !it.equals(other)).findFirst().orElseThrow();
    for (String file : List.of("probe.json", "responses.safetensors")) {
      Files.delete(own.resolve(file));
      Files.copy(other.resolve(file), own.resolve(file));
    }

    try (AgentLease lease = lease(Tiny.llama(1), "bb")) {
      assertThat(vector(lease)).containsExactly(first);
    }
    assertThat(measured()).isEqualTo(3);
  }

  @Test
  void aFileInPlaceOfTheFolderKeepsNothingAndFailsNothing() throws Exception {
    Path blocked = folder.resolve("file");
    Files.writeString(blocked, "");
    spaces =
        new ProbeSpaces(
            new Binder(new MapConfigurationPropertySource(Map.of()))
                .bindOrCreate("hartonomous", Settings.class),
            turns,
            new ProbeFolder(blocked),
            new ServingMetrics(registry));

    try (AgentLease lease = lease(Tiny.llama(1), "aa")) {
      assertThat(vector(lease)).hasSize(1536);
    }
    assertThat(blocked).isEmptyFile();
  }

  @Test
  void refusesWhatIsTooLargeAndLetsGoOfWhatNobodyUses() throws Exception {
    long size = ProbeSpaces.sizeBytes(Tiny.llama(1).config());
    spaces = spaces(size - 1 + "B");
    try (AgentLease lease = lease(Tiny.llama(1), "aa")) {
      assertThatThrownBy(() -> spaces.use(lease, LONG))
          .isInstanceOfSatisfying(
              ProblemException.class,
              e -> {
                assertThat(e.problem().status()).isEqualTo(422);
                assertThat(e.problem().code()).isEqualTo("probe-space-too-large");
              });
    }
    assertThat(leases).hasValue(0);

    spaces = spaces(size * 2 - 1 + "B");
    try (AgentLease one = lease(Tiny.llama(1), "aa");
        AgentLease two = lease(Tiny.llama(2), "bb")) {
      try (ProbeSpaces.Use _ = spaces.use(one, LONG)) {
        assertThatThrownBy(() -> spaces.use(two, LONG))
            .isInstanceOfSatisfying(
                ProblemException.class,
                e -> assertThat(e.problem().code()).isEqualTo("probe-spaces-busy"));
      }
      assertThat(vector(two)).hasSize(1536);
      assertThat(measured()).isEqualTo(2);
      assertThat(vector(one)).hasSize(1536);
      assertThat(measured()).as("read again").isEqualTo(2);
    }
  }

  @Test
  void stoppingEndsWhatIsMeasuredAndTellsThoseWhoWait() throws Exception {
    turns.begin();
    var failure = new Throwable[1];
    try (AgentLease lease = lease(Tiny.llama(1), "aa")) {
      Thread waiting =
          Thread.startVirtualThread(
              () -> {
                try {
                  spaces.use(lease, LONG).close();
                } catch (ProblemException | InterruptedException e) {
                  failure[0] = e;
                }
              });
      while (waiting.getState() != Thread.State.TIMED_WAITING) {
        Thread.sleep(5);
      }

      spaces.stop();
      waiting.join();
    }
    turns.end();

    assertThat(failure[0])
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().code()).isEqualTo("stopping"));
    assertThat(leases).hasValue(0);
    assertThat(kept()).isEmpty();
  }

  @Test
  void whoIsInterruptedWaitsNoLonger() throws Exception {
    turns.begin();
    try (AgentLease lease = lease(Tiny.llama(1), "aa")) {
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> spaces.use(lease, LONG)).isInstanceOf(InterruptedException.class);
    }
    turns.end();
  }
}
