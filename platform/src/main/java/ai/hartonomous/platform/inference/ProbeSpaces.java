package ai.hartonomous.platform.inference;

import ai.hartonomous.interpret.probe.Probe;
import ai.hartonomous.interpret.probe.ProbeSpace;
import ai.hartonomous.interpret.probe.ProbeStore;
import ai.hartonomous.interpret.probe.ProbeTexts;
import ai.hartonomous.interpret.probe.ResponseMeter;
import ai.hartonomous.interpret.probe.Responses;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.deployment.AgentLease;
import ai.hartonomous.platform.deployment.LoadedAgent;
import ai.hartonomous.platform.deployment.ModelPlace;
import ai.hartonomous.platform.deployment.ProbeFolder;
import ai.hartonomous.platform.deployment.Shelf;
import ai.hartonomous.platform.deployment.Shelf.Limits;
import ai.hartonomous.platform.deployment.Unloaded;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;

/// The probe spaces of agents whose weights are in this process, within a number of bytes. A space
/// is made once, when somebody first wants a vector in it, however many want one: it is read where
/// it was kept, else the agent is measured on the probe texts, which goes on when all who wanted it
/// are gone. Measuring takes a turn for each text, beside the vectors of others. Of the spaces that
/// nobody uses the one asked for longest ago makes room. What stands on the {@link Shelf} is the
/// promise of a space, for those who want it wait only for a while.
@Service
class ProbeSpaces {

  private static final Logger LOG = LoggerFactory.getLogger(ProbeSpaces.class);
  private static final Duration FAREWELL = Duration.ofSeconds(10);

  /// A component's name and place in lists.
  private static final long NAME_BYTES = 128;

  private final Shelf<Key, Space> shelf;
  private final Turns turns;
  private final KeptResponses kept;
  private final ServingMetrics metrics;
  private final Set<Thread> making = ConcurrentHashMap.newKeySet();

  ProbeSpaces(Settings settings, Turns turns, ProbeFolder folder, ServingMetrics metrics) {
    this.shelf =
        new Shelf<>(
            new Limits<>(
                settings.inference().probeBytes(),
                ProbeSpaces::tooLarge,
                Problem.of(
                    503,
                    "probe-spaces-busy",
                    "The memory for probe spaces is taken by those in use.")));
    this.turns = turns;
    this.kept = new KeptResponses(folder);
    this.metrics = metrics;
  }

  private static ProblemException tooLarge(Key id, long sizeBytes, long mostBytes) {
    return Problem.unprocessable(
        "probe-space-too-large",
        "The probe space of the agent needs %d bytes of memory; there are %d for such spaces."
            .formatted(sizeBytes, mostBytes));
  }

  /// One model in memory, and no other with the same numbers.
  private record Key(Model model) {

    @Override
    @SuppressWarnings("ReferenceEquality") // the very object, whose weights are not compared
    public boolean equals(@Nullable Object other) {
      return other instanceof Key(Model same) && same == model;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(model);
    }
  }

  /// The probe texts, made when they are first needed.
  private static final class Standard {
    private static final List<String> TEXTS =
        ProbeTexts.standard().stream().map(Probe::text).toList();
    private static final String HASH = ProbeStore.hash(TEXTS);
  }

  /// {@return SHA-256 of the probe texts: vectors of the same texts can be compared}
  static String textsHash() {
    return Standard.HASH;
  }

  /// A space that is there, or about to be.
  private static final class Space {
    private final CompletableFuture<Measured> measured = new CompletableFuture<>();
    private volatile int texts;
    private boolean begun;
  }

  /// Promises a space.
  ///
  /// @param sizeBytes of the space
  private record Promise(long sizeBytes) implements Shelf.Reader<Space> {

    @Override
    public Space read() {
      return new Space();
    }
  }

  /// An agent that was measured.
  ///
  /// @param transformer computes it
  /// @param meter measures it on more texts
  /// @param space its components as directions
  private record Measured(Transformer transformer, ResponseMeter meter, ProbeSpace space) {}

  /// A space that stays in memory until this is closed.
  final class Use implements AutoCloseable {

    private final Shelf<Key, Space>.Lease place;
    private final Measured measured;

    private Use(Shelf<Key, Space>.Lease place, Measured measured) {
      this.place = place;
      this.measured = measured;
    }

    /// {@return the vector of a text, of length 1}
    ///
    /// @param ids tokens of the text, of which at least one counts
    /// @throws ProblemException with status 422 if the agent's numbers overflow
    /// @throws InterruptedException if the thread is interrupted
    float[] embed(int[] ids) throws InterruptedException {
      turns.begin();
      try {
        Trace trace = measured.transformer().trace(Trace.Keep.INFERENCE);
        float[] vector = measured.space().embed(measured.meter().respond(ids, trace));
        if (!Float.isFinite(vector[0])) {
          throw overflow();
        }
        return vector;
      } finally {
        turns.end();
      }
    }

    @Override
    public void close() {
      place.close();
    }
  }

  private static ProblemException overflow() {
    return Problem.unprocessable("not-possible", "The numbers of the agent overflow.");
  }

  /// {@return the space of an agent, which is made if it is not there}
  ///
  /// @param lease of the agent; another one is kept while it is measured
  /// @param patience how long to wait
  /// @throws ProblemException with status 422 if the space is too large, or the agent cannot read
  ///   the probe texts; 503 if it is not there in time, or those in use leave no room
  /// @throws InterruptedException if the thread is interrupted; the measuring goes on
  Use use(AgentLease lease, Duration patience) throws InterruptedException {
    LoadedAgent agent = lease.agent().experts().getFirst();
    Shelf<Key, Space>.Lease place = place(agent);
    Space space = place.thing();
    Measured measured = null;
    try {
      begin(place, agent, lease);
      measured = space.measured.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return new Use(place, measured);
    } catch (TimeoutException _) {
      throw new ProblemException(
          Problem.of(
              503,
              "probe-space-not-ready",
              "The agent is being measured: %d of %d probe texts. Ask again later."
                  .formatted(space.texts, ProbeTexts.COUNT)));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ProblemException problem) {
        throw new ProblemException(problem.problem());
      }
      throw new ProblemException(
          Problem.of(500, "measuring-failed", "The agent could not be measured."));
    } finally {
      if (measured == null) {
        place.close();
      }
    }
  }

  private Shelf<Key, Space>.Lease place(LoadedAgent agent) {
    try {
      return shelf.lease(new Key(agent.model()), new Promise(sizeBytes(agent.config())));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a promise reads nothing
    }
  }

  /// Begins to make a space, where nobody has.
  private synchronized void begin(
      Shelf<Key, Space>.Lease place, LoadedAgent agent, AgentLease lease) {
    if (place.thing().begun) {
      return;
    }
    place.thing().begun = true;
    AgentLease own = lease.again();
    Shelf<Key, Space>.Lease held = place.again();
    Thread thread =
        Thread.ofPlatform().daemon().name("probe-space").unstarted(() -> make(held, agent, own));
    making.add(thread);
    try {
      thread.start();
    } catch (OutOfMemoryError e) { // the system has no thread left
      making.remove(thread);
      own.close();
      fail(held, e);
      throw e;
    }
  }

  /// {@return bytes of a space in memory: of each component its name and a number for each text, of
  /// each head the products of its output columns}
  static long sizeBytes(ModelConfig config) {
    long headWidth = config.extents().headWidth();
    long heads = config.layers().stream().mapToLong(LayerConfig::heads).sum();
    return config.components() * (NAME_BYTES + (long) Float.BYTES * ProbeTexts.COUNT)
        + heads * headWidth * headWidth * Float.BYTES;
  }

  /// A space goes with its agent.
  @EventListener
  void forget(Unloaded unloaded) {
    for (LoadedAgent expert : unloaded.agent().experts()) {
      if (expert.place() instanceof ModelPlace.Here(Model model)) {
        shelf.retire(new Key(model));
      }
    }
  }

  private void make(Shelf<Key, Space>.Lease held, LoadedAgent agent, AgentLease own) {
    try (own) {
      Measured measured = made(held.thing(), agent, own.agent().manifest());
      held.close(); // before those who wait go, for then nobody uses it
      held.thing().measured.complete(measured);
    } catch (InterruptedException _) {
      fail(held, new ProblemException(Problem.of(503, "stopping", "The server is stopping.")));
    } catch (ProblemException e) {
      fail(held, e);
    } catch (RuntimeException | Error e) {
      LOG.error("agent {} could not be measured", agent.id(), e);
      fail(held, e);
    } finally {
      making.remove(Thread.currentThread());
    }
  }

  private static void fail(Shelf<Key, Space>.Lease held, Throwable failure) {
    held.discard(); // so that the next request tries again
    held.thing().measured.completeExceptionally(failure);
  }

  private Measured made(Space space, LoadedAgent agent, @Nullable String manifest)
      throws InterruptedException {
    Model model = agent.model();
    int leading = ResponseMeter.leading(agent.tokenizer());
    var transformer = new Transformer(model, turns.kernels());
    var meter = new ResponseMeter(transformer, List.of(), leading);
    KeptResponses.Key key =
        manifest == null ? null : KeptResponses.Key.of(manifest, textsHash(), leading, model);
    Responses responses = key == null ? null : kept.read(key, meter.components(), ProbeTexts.COUNT);
    if (responses == null) {
      responses = measure(space, agent, meter);
      if (key != null) {
        kept.write(key, responses);
      }
    }
    return new Measured(transformer, meter, ProbeSpace.inPlaceOf(responses));
  }

  private Responses measure(Space space, LoadedAgent agent, ResponseMeter meter)
      throws InterruptedException {
    List<int[]> texts = encoded(agent.tokenizer());
    long begin = System.nanoTime();
    Responses responses;
    turns.begin();
    try {
      responses =
          meter.measure(
              texts,
              done -> {
                space.texts = done;
                turns.pass();
              });
    } catch (IllegalArgumentException e) {
      throw unreadable(e);
    } finally {
      turns.end();
    }
    if (!KeptResponses.isFinite(responses)) {
      throw overflow();
    }
    var took = Duration.ofNanos(System.nanoTime() - begin);
    metrics.measured(took);
    LOG.info("measured agent {} on {} probe texts in {}", agent.id(), texts.size(), took);
    return responses;
  }

  private static List<int[]> encoded(Tokenizer tokenizer) {
    List<int[]> texts = new ArrayList<>();
    try {
      for (String text : Standard.TEXTS) {
        texts.add(tokenizer.encodePrompt(text));
      }
    } catch (IllegalArgumentException e) {
      throw unreadable(e);
    }
    return texts;
  }

  private static ProblemException unreadable(IllegalArgumentException reason) {
    return Problem.unprocessable(
        "not-possible", "The agent cannot read the probe texts: " + reason.getMessage());
  }

  /// Ends what is being measured.
  @PreDestroy
  void stop() {
    List<Thread> all;
    synchronized (this) { // no thread that was not started
      all = List.copyOf(making);
    }
    all.forEach(Thread::interrupt);
    all.forEach(ProbeSpaces::join);
  }

  private static void join(Thread thread) {
    try {
      if (!thread.join(FAREWELL)) {
        LOG.warn("a text is still being measured");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
