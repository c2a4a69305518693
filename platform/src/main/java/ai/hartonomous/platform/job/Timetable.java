package ai.hartonomous.platform.job;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// Starts the work that comes back, of all rooms. Built on db-scheduler, which keeps the times in
/// one table and lets one node at a time do each; there is one scheduler, because it forgets tasks
/// of the table that it does not know.
@Component
class Timetable implements SmartLifecycle {

  private static final Duration POLL = Duration.ofMinutes(1);

  private final List<Recurring> all;
  private final Scheduler scheduler;

  Timetable(DataSource dataSource, Node node, List<Recurring> all) {
    this.all = List.copyOf(all);
    this.scheduler =
        Scheduler.create(dataSource)
            .startTasks(all.stream().map(Timetable::task).toList())
            .threads(all.size())
            .pollingInterval(POLL)
            .heartbeatInterval(POLL)
            .schedulerName(new SchedulerName.Fixed(node.name()))
            .build();
  }

  private static RecurringTask<Void> task(Recurring one) {
    return Tasks.recurring(one.name(), one.schedule()).execute((_, _) -> one.run());
  }

  @Override
  public void start() {
    all.forEach(Recurring::atStart);
    scheduler.start();
  }

  @Override
  public void stop() {
    scheduler.stop();
  }

  @Override
  public boolean isRunning() {
    return scheduler.getSchedulerState().isStarted()
        && !scheduler.getSchedulerState().isShuttingDown();
  }
}
