package ai.hartonomous.platform.job;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/// Writes the events of a job as server-sent events until the job ends or the client goes. It looks
/// into the database again and again, so it does not matter which process works on the job.
@Component
class JobStream {

  private static final Duration LOOK_EVERY = Duration.ofMillis(150);
  private static final int PING_AFTER_LOOKS = 60;

  private final JobBoard board;
  private volatile boolean stopping;

  JobStream(JobBoard board) {
    this.board = board;
  }

  @EventListener(ContextClosedEvent.class)
  void stop() {
    stopping = true;
  }

  void write(UUID id, int lastEvent, HttpServletResponse response)
      throws IOException, InterruptedException {
    response.setContentType("text/event-stream");
    response.setHeader("Cache-Control", "no-store");
    response.flushBuffer();
    OutputStream out = response.getOutputStream();
    int last = lastEvent;
    int quiet = 0;
    while (!stopping) {
      // The state is read first: when it is final, the events read after it are all there are.
      boolean ended = board.find(id).map(job -> job.state.isFinal()).orElse(true);
      List<JobEventRow> events = board.eventsAfter(id, last);
      for (JobEventRow event : events) {
        out.write(text(event).getBytes(StandardCharsets.UTF_8));
        last = event.number;
      }
      quiet = events.isEmpty() ? quiet + 1 : 0;
      if (quiet % PING_AFTER_LOOKS == PING_AFTER_LOOKS - 1) {
        out.write(": ping\n\n".getBytes(StandardCharsets.UTF_8)); // notices a client that is gone
      }
      out.flush();
      if (ended) {
        return;
      }
      Thread.sleep(LOOK_EVERY);
    }
  }

  private static String text(JobEventRow event) {
    return "id: %d%nevent: %s%ndata: %s%n%n"
        .formatted(event.number, event.type, event.body)
        .replace("\r", "");
  }
}
