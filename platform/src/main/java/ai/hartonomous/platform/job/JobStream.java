package ai.hartonomous.platform.job;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Writes the events of a job as server-sent events until the job ends, the client goes or the
/// server stops.
@Component
class JobStream {

  /// A write after so long without events notices a client that is gone.
  private static final Duration PING_AFTER = Duration.ofSeconds(15);

  private final JobBoard board;
  private final JobFeed feed;
  private final Semaphore places;
  private final int placesOfAUser;
  private final Map<String, Integer> taken = new ConcurrentHashMap<>();

  JobStream(JobBoard board, JobFeed feed, Settings settings) {
    this.board = board;
    this.feed = feed;
    this.places = new Semaphore(settings.jobs().streams());
    this.placesOfAUser = settings.jobs().streamsPerUser();
  }

  void write(UUID id, int lastEvent, HttpServletResponse response)
      throws IOException, InterruptedException {
    String user = Tenant.current();
    take(user);
    try (JobFeed.Subscription subscription = feed.subscribe(id)) {
      response.setContentType("text/event-stream");
      response.setHeader("Cache-Control", "no-store");
      response.flushBuffer();
      var stream = new Stream(id, lastEvent, response.getOutputStream());
      boolean more = stream.catchUp();
      while (more && !subscription.isClosed()) {
        more = stream.write(subscription.next(PING_AFTER));
      }
    } finally {
      leave(user);
    }
  }

  /// Takes a place, of which one user may not have all.
  private void take(String user) {
    int own = taken.merge(user, 1, Integer::sum);
    if (own > placesOfAUser || !places.tryAcquire()) {
      forget(user);
      throw new ProblemException(
          Problem.of(429, "too-many-streams", "Too many clients are being told of jobs."));
    }
  }

  private void leave(String user) {
    places.release();
    forget(user);
  }

  private void forget(String user) {
    taken.computeIfPresent(user, (_, own) -> own == 1 ? null : own - 1);
  }

  private final class Stream {

    private final UUID id;
    private final OutputStream out;
    private int last;

    Stream(UUID id, int last, OutputStream out) {
      this.id = id;
      this.last = last;
      this.out = out;
    }

    /// {@return whether there will be more}
    boolean write(@Nullable JobEvent event) throws IOException {
      if (event == null) {
        out.write(": ping\n\n".getBytes(StandardCharsets.UTF_8));
        return catchUp();
      }
      if (event.isHint() || event.number() > last + 1) {
        return catchUp();
      }
      if (event.number() <= last) {
        return !event.last();
      }
      write(event.number(), event.type(), event.body());
      out.flush();
      return !event.last();
    }

    /// Writes what is stored. The job is read first: when it has ended, the events read after it
    /// are all there are.
    ///
    /// @return whether there will be more
    boolean catchUp() throws IOException {
      boolean ended = board.find(id).map(job -> job.state.isFinal()).orElse(true);
      for (JobEventRow event : board.eventsAfter(id, last)) {
        write(event.number, event.type, event.body);
      }
      out.flush();
      return !ended;
    }

    private void write(int number, String type, String body) throws IOException {
      String text = "id: %d\nevent: %s\ndata: %s\n\n".formatted(number, type, body);
      out.write(text.replace("\r", "").getBytes(StandardCharsets.UTF_8));
      last = number;
    }
  }
}
