package ai.hartonomous.platform.agent;

import ai.hartonomous.platform.job.JobOutcome;
import ai.hartonomous.platform.job.JobWorker;
import ai.hartonomous.platform.job.RunningJob;
import ai.hartonomous.platform.observe.PlatformMetrics;
import ai.hartonomous.platform.tenant.Tenant;
import java.io.IOException;
import java.time.Duration;
import org.springframework.stereotype.Component;

/// Makes an agent, and counts it with the time that this run took.
@Component
class MeasuredDistillation implements JobWorker {

  private final Distillation distillation;
  private final PlatformMetrics metrics;

  MeasuredDistillation(Distillation distillation, PlatformMetrics metrics) {
    this.distillation = distillation;
    this.metrics = metrics;
  }

  @Override
  public String kind() {
    return Distillation.KIND;
  }

  @Override
  public long memoryBytes(Object request) {
    return distillation.memoryBytes(request);
  }

  @Override
  public JobOutcome run(RunningJob job) throws IOException, InterruptedException {
    long start = System.nanoTime();
    JobOutcome outcome = distillation.run(job);
    if (outcome instanceof JobOutcome.Succeeded) {
      String domain = job.request(AgentRequest.class).domain();
      metrics.agentCreated(Tenant.current(), domain, Duration.ofNanos(System.nanoTime() - start));
    }
    return outcome;
  }
}
