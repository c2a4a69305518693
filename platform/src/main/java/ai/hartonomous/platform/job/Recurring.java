package ai.hartonomous.platform.job;

import com.github.kagkarlsson.scheduler.task.schedule.Schedule;

/// Work that comes back at its times. One node does it at a time; a time at which no node was
/// running is made up for once.
public interface Recurring {

  /// {@return the name under which the nodes agree on it; never changes}
  String name();

  /// {@return when it is due}
  Schedule schedule();

  /// Does the work.
  void run();

  /// Does what every node has to do when it starts.
  default void atStart() {}
}
