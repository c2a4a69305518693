package ai.hartonomous.platform.deployment;

import ai.hartonomous.platform.Settings;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Scales to zero: agents that nobody asked for a while leave the memory, if the settings say so.
@Component
class IdleAgents {

  private static final long MOST_MILLIS = Duration.ofMinutes(1).toMillis();

  private final @Nullable ScheduledExecutorService clock;

  IdleAgents(Deployments deployments, Settings settings) {
    Duration idle = settings.inference().idle();
    if (idle == null) {
      clock = null;
      return;
    }
    clock =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("idle-agents").daemon().factory());
    long every = Math.clamp(idle.toMillis() / 4, 50, MOST_MILLIS);
    var _ =
        clock.scheduleWithFixedDelay(
            () -> deployments.unloadIdle(idle), every, every, TimeUnit.MILLISECONDS);
  }

  @PreDestroy
  void stop() {
    if (clock != null) {
      clock.shutdownNow();
    }
  }
}
