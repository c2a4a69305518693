package ai.hartonomous.platform.graph;

import ai.hartonomous.platform.agent.AgentChanged;
import ai.hartonomous.platform.analysis.AnalysisChanged;
import ai.hartonomous.platform.graph.GraphTask.Origin;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/// Lets the graph follow analyses and agents: what they measured comes in when they are stored, and
/// goes when they are removed. Each node looks for tasks when it has stored one, and now and then
/// for those that others left. Doing a task twice, as two nodes may, is the same as once.
@Component
class GraphFollower implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(GraphFollower.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(30);
  private static final int PAGE = 50;
  private static final int UNAVAILABLE = 503;

  /// Kinds of analyses that are graphs.
  private static final Set<String> GRAPHS = Set.of("circuits", "graphs");

  private final GraphTasks tasks;
  private final Graphs graphs;
  private final Semaphore news = new Semaphore(0);
  private volatile @Nullable Thread thread;

  GraphFollower(GraphTasks tasks, Graphs graphs) {
    this.tasks = tasks;
    this.graphs = graphs;
  }

  @EventListener
  void changed(AnalysisChanged event) {
    if (GRAPHS.contains(event.kind())) {
      add(Origin.ANALYSIS, event.analysisId());
    }
  }

  @EventListener
  void changed(AgentChanged event) {
    add(Origin.AGENT, event.agentId());
  }

  private void add(Origin origin, UUID id) {
    tasks.add(Tenant.current(), origin, id);
    if (TransactionSynchronizationManager.isSynchronizationActive()) {
      TransactionSynchronizationManager.registerSynchronization(
          new TransactionSynchronization() {
            @Override
            public void afterCommit() {
              news.release();
            }
          });
    } else {
      news.release();
    }
  }

  @Override
  public void start() {
    Thread started = Thread.ofVirtual().name("graph-follower").unstarted(this::follow);
    thread = started;
    started.start();
  }

  @Override
  public void stop() {
    Thread stopped = thread;
    thread = null;
    if (stopped == null) {
      return;
    }
    news.release();
    try {
      if (!stopped.join(Duration.ofSeconds(10))) {
        LOG.warn("the graph did not stop following in time");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }

  private void follow() {
    try {
      while (isRunning()) {
        lookThrough();
        if (news.tryAcquire(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
          news.drainPermits();
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // nobody does that; what is left is done after a start
    }
  }

  /// Does all tasks once. Those that fail stay.
  private void lookThrough() {
    try {
      UUID last = new UUID(0, 0);
      for (List<GraphTask> page = tasks.after(last, PAGE);
          !page.isEmpty();
          page = tasks.after(last, PAGE)) {
        for (GraphTask task : page) {
          if (!isRunning()) {
            return; // what is left is done after the next start
          }
          Tenant.as(task.user(), () -> follow(task));
        }
        last = page.getLast().id();
      }
    } catch (DataAccessException e) {
      LOG.warn("the graph's tasks cannot be read or ended: {}", e.getMessage());
    }
  }

  @SuppressWarnings("checkstyle:illegalcatch") // one task must not keep the others from being done
  private void follow(GraphTask task) {
    try {
      graphs.follow(task.origin(), task.originId());
      tasks.done(task);
    } catch (ProblemException e) {
      if (e.problem().status() == UNAVAILABLE) {
        later(task, e);
      } else {
        never(task, e);
      }
    } catch (NoSuchFileException e) {
      never(task, e);
    } catch (IOException | UncheckedIOException | DataAccessException e) {
      later(task, e);
    } catch (RuntimeException e) {
      LOG.error("{} {} cannot be put into the graph", task.origin(), task.originId(), e);
      tasks.done(task);
    }
  }

  private void later(GraphTask task, Exception failure) {
    if (task.attempts() == 0) {
      LOG.warn(
          "{} {} comes into the graph later: {}",
          task.origin(),
          task.originId(),
          failure.getMessage());
    }
    tasks.failed(task);
  }

  private void never(GraphTask task, Exception failure) {
    LOG.info(
        "{} {} is not put into the graph: {}",
        task.origin(),
        task.originId(),
        failure.getMessage());
    tasks.done(task);
  }
}
