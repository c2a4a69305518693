package ai.hartonomous.platform.job;

import ai.hartonomous.platform.Settings;
import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/// Brings queued jobs to the runner, in order, a few at a time, and again after a crash. Built on
/// db-scheduler, which keeps what is to be run in the same database as the jobs.
@Component
class JobScheduler implements SmartLifecycle {

  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);
  private static final int MISSED_HEARTBEATS = 6;
  private static final Duration STOP_WITHIN = Duration.ofSeconds(5);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final Scheduler scheduler;
  private final JobRunner runner;
  private final OneTimeTask<String> task;
  private final JdbcTemplate jdbc;
  private final boolean embedded;

  JobScheduler(
      DataSource dataSource, JobRunner runner, Settings settings, DataSourceProperties database) {
    this.jdbc = new JdbcTemplate(dataSource);
    this.runner = runner;
    this.embedded = database.determineUrl().startsWith("jdbc:h2:");
    this.task =
        Tasks.oneTime("job", String.class)
            .onFailure(
                (complete, operations) ->
                    operations.reschedule(complete, Instant.now().plus(RETRY_AFTER)))
            .onDeadExecutionRevive()
            .execute(
                (instance, _) -> runner.run(UUID.fromString(instance.getId()), instance.getData()));
    this.scheduler =
        Scheduler.create(new TransactionAwareDataSourceProxy(dataSource), task)
            .threads(settings.jobs().concurrent())
            .pollingInterval(POLL)
            .heartbeatInterval(HEARTBEAT)
            .missedHeartbeatsLimit(MISSED_HEARTBEATS)
            .shutdownMaxWait(STOP_WITHIN)
            .serializer(new Text())
            .schedulerName(new SchedulerName.Fixed("node-" + ProcessHandle.current().pid()))
            .build();
  }

  /// Queues a job, as part of the current transaction.
  void schedule(UUID id, String user) {
    scheduler.schedule(task.instance(id.toString(), user), Instant.now());
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            scheduler.triggerCheckForDueExecutions();
          }
        });
  }

  @Override
  public void start() {
    if (embedded) {
      // The file lock of the embedded database proves that no other process works on these jobs.
      jdbc.update("update scheduled_tasks set picked = false, picked_by = null where picked");
    }
    scheduler.start();
  }

  @Override
  public void stop() {
    runner.park();
    scheduler.stop();
  }

  @Override
  public boolean isRunning() {
    return scheduler.getSchedulerState().isStarted()
        && !scheduler.getSchedulerState().isShuttingDown();
  }

  /// Task data as plain text.
  private static final class Text implements Serializer {

    @Override
    public byte[] serialize(Object data) {
      return data.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public <T> T deserialize(Class<T> type, byte[] data) {
      return type.cast(new String(data, StandardCharsets.UTF_8));
    }
  }
}
