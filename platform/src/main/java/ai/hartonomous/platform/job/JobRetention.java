package ai.hartonomous.platform.job;

import ai.hartonomous.platform.Settings;
import com.github.kagkarlsson.scheduler.task.schedule.Schedule;
import com.github.kagkarlsson.scheduler.task.schedule.Schedules;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// Forgets jobs that ended long ago, every day on one of the nodes, and what ended jobs left in
/// their work folders, then and at every start.
@Component
class JobRetention implements Recurring {

  private static final Logger LOG = LoggerFactory.getLogger(JobRetention.class);

  private static final LocalTime DAILY_AT = LocalTime.of(3, 0);

  private final JobQueue queue;
  private final JobFolders folders;
  private final Duration keep;

  JobRetention(JobQueue queue, JobFolders folders, Settings settings) {
    this.queue = queue;
    this.folders = folders;
    this.keep = settings.jobs().keep();
  }

  @Override
  public String name() {
    return "job-retention";
  }

  @Override
  public Schedule schedule() {
    return Schedules.daily(ZoneOffset.UTC, DAILY_AT);
  }

  /// Forgets what is old.
  void clean() {
    int removed = queue.forgetEndedFor(keep);
    if (removed > 0) {
      LOG.info("{} jobs that ended more than {} days ago are forgotten", removed, keep.toDays());
    }
    sweep();
  }

  /// Removes the work folders of jobs that have ended: of nodes that were killed in that moment.
  private void sweep() {
    try {
      List<UUID> kept = folders.jobs();
      Set<UUID> unfinished = queue.unfinished(kept);
      for (UUID job : kept) {
        if (!unfinished.contains(job)) {
          folders.forget(job);
        }
      }
    } catch (IOException e) {
      LOG.warn("what ended jobs kept cannot be removed", e);
    }
  }

  @Override
  public void run() {
    clean();
  }

  @Override
  public void atStart() {
    sweep();
  }
}
