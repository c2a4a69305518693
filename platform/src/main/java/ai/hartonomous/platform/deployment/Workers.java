package ai.hartonomous.platform.deployment;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.agent.Agents.ReadyAgent;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// The workers of this node, never more at a time than the settings say: one that has not ended yet
/// counts.
@Component
class Workers {

  private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
  private static final int MOST_REMEMBERED = 1_000;

  /// How long one that was told to end may take, with some time to spare.
  private static final long MOST_FAREWELL_SECONDS = 10;

  private final Settings settings;
  private final Semaphore places;
  private final Map<UUID, Worker> running = new ConcurrentHashMap<>();
  private final Map<UUID, Mishaps> mishaps =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Mishaps> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  Workers(Settings settings) {
    this.settings = settings;
    this.places = new Semaphore(settings.workers().most());
  }

  /// {@return an agent with a worker of its own, which answers}
  ///
  /// @param agent the agent
  /// @param makesRoom ends a worker that nobody asks; false if there is none
  /// @throws ProblemException with status 409 if this node has no workers, 503 if it has enough of
  ///   them, or the agent's worker ended before it was ready; 422 if the worker refuses the agent
  /// @throws IOException if a file of the agent is not as it should be
  ServedAgent start(ReadyAgent agent, BooleanSupplier makesRoom) throws IOException {
    Mishaps past = mishaps(agent.id());
    Mishaps.Mishap last = past.last();
    if (last != null && past.isTooSoon(Instant.now())) {
      throw failed(503, last.reason());
    }
    takePlace(makesRoom);
    var starter = new WorkerStarter(agent.id(), agent.folder(), settings);
    var worker = new Worker(starter, past, places::release);
    boolean good = false;
    try {
      ServedAgent served = AgentLoader.load(agent.id(), agent.folder(), worker);
      running.put(agent.id(), worker);
      worker.start();
      good = true;
      return served;
    } catch (WorkerException e) {
      String reason = String.valueOf(e.getMessage());
      LOG.error("the worker of agent {} {}", agent.id(), reason);
      throw failed(e.isRefusal() ? 422 : 503, reason);
    } finally {
      if (!good) {
        end(agent.id(), worker);
      }
    }
  }

  private void takePlace(BooleanSupplier makesRoom) throws IOException {
    if (settings.workers().most() == 0) {
      throw new ProblemException(
          Problem.of(409, "no-workers", "This server is set to start no workers."));
    }
    try {
      while (!places.tryAcquire()) {
        boolean mayCome = makesRoom.getAsBoolean();
        if (mayCome && places.tryAcquire(MOST_FAREWELL_SECONDS, TimeUnit.SECONDS)) {
          return;
        }
        if (!mayCome) {
          throw new ProblemException(
              Problem.of(
                  503,
                  "too-many-workers",
                  "All %d workers of this server are answering."
                      .formatted(settings.workers().most())));
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("nobody waits for the worker");
    }
  }

  private static ProblemException failed(int status, String reason) {
    return new ProblemException(
        Problem.of(status, "worker-failed", "The worker of this agent %s.".formatted(reason)));
  }

  private Mishaps mishaps(UUID agent) {
    synchronized (mishaps) {
      return mishaps.computeIfAbsent(agent, _ -> new Mishaps(settings.workers().pause()));
    }
  }

  /// Ends the worker of an agent that is no longer held. Nobody may be asking it.
  void end(ServedAgent served) {
    if (served.experts().getFirst().place()
        instanceof ModelPlace.Elsewhere(var _, int _, Worker worker)) {
      end(served.id(), worker);
    }
  }

  private void end(UUID agent, Worker worker) {
    running.remove(agent, worker);
    worker.close();
  }

  /// {@return how the worker of an agent is}
  Worker.Health health(UUID agent) {
    Worker worker = running.get(agent);
    return worker == null
        ? Worker.Health.of(Worker.State.ENDED, null, mishaps(agent))
        : worker.health();
  }

  /// {@return where those can be asked that are ready}
  List<Worker.Address> ready() {
    return running.values().stream().flatMap(worker -> worker.ready().stream()).toList();
  }

  /// {@return bytes of the weights in the memory of an agent's worker}
  long sizeBytes(UUID agent) {
    Worker worker = running.get(agent);
    return worker == null ? 0 : worker.sizeBytes();
  }

  @PreDestroy
  void stop() {
    List<Worker> all = List.copyOf(running.values());
    all.forEach(Worker::close);
    try {
      for (Worker worker : all) {
        worker.awaitEnd();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
