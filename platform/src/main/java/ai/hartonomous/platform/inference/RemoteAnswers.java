package ai.hartonomous.platform.inference;

import ai.hartonomous.model.generate.Generation;
import ai.hartonomous.model.generate.Owner;
import ai.hartonomous.platform.deployment.Mix;
import ai.hartonomous.platform.deployment.ModelPlace;
import ai.hartonomous.platform.deployment.Worker;
import ai.hartonomous.platform.deployment.Worker.Address;
import ai.hartonomous.platform.inference.Answering.Reader;
import ai.hartonomous.platform.inference.Answering.Task;
import ai.hartonomous.platform.inference.WorkerWire.Line;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;

/// Asks workers, as {@link Answering} asks the generator of this process. Whoever stops listening
/// closes the connection, which ends the answer in the worker.
@Component
class RemoteAnswers {

  private static final Logger LOG = LoggerFactory.getLogger(RemoteAnswers.class);

  /// A worker that has nothing to tell says so every {@link Answering#QUIET}.
  private static final int MOST_QUIETS = 6;

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration VECTORS = Duration.ofMinutes(10);

  /// While a worker makes vectors, which it tells all at once.
  private static final Duration LOOK = Duration.ofMillis(500);

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT)
          .executor(Executors.newVirtualThreadPerTaskExecutor())
          .build();

  @PreDestroy
  void stop() {
    client.shutdownNow();
  }

  /// Answers, and passes the texts on from the calling thread.
  ///
  /// @param worker who computes
  /// @param owner who pays, and on whose behalf
  /// @param tasks what to continue
  /// @param reader hears the texts
  /// @return the whole of each
  /// @throws ProblemException with status 503 if the worker is not there, 502 if it ends or falls
  ///   silent, or what the worker says
  /// @throws IOException if the reader throws it
  /// @throws InterruptedException if the calling thread is interrupted
  List<Generation> answer(Worker worker, Owner owner, List<Task> tasks, Reader reader)
      throws IOException, InterruptedException {
    Address address = worker.address();
    var call =
        new WorkerWire.Call(
            String.valueOf(owner.share()),
            String.valueOf(owner.reader()),
            tasks.stream().map(RemoteAnswers::part).toList());
    try (Exchange exchange = begin(address, WorkerWire.ANSWERS, call)) {
      int quiets = 0;
      while (true) {
        Line line = exchange.next(Answering.QUIET);
        quiets = line == null ? quiets + 1 : 0;
        if (quiets > MOST_QUIETS) {
          worker.endSilent(address);
          throw ended();
        }
        List<Generation> wholes = line == null ? null : line.wholes();
        if (wholes != null) {
          return wholes;
        }
        if (line == null || line.piece() == null) {
          reader.quiet();
        } else {
          reader.accept(line.index(), line.piece());
        }
      }
    }
  }

  private static WorkerWire.Part part(Task task) {
    int expert =
        switch (task.agent().place()) {
          case ModelPlace.Elsewhere(var _, int number, var _) -> number;
          case ModelPlace.Here _ -> throw new IllegalArgumentException("the model is here");
        };
    Mix mix = task.mix();
    List<Double> weights = mix == null ? null : Arrays.stream(mix.weights()).boxed().toList();
    return new WorkerWire.Part(expert, task.request(), weights, task.rule(), task.transcoders());
  }

  /// {@return the vector of each text}
  ///
  /// @param worker who computes
  /// @param ask the texts
  /// @param listener run now and then; what it throws ends the work
  /// @throws ProblemException as for answers, or what the worker says
  /// @throws InterruptedException if the calling thread is interrupted
  TextVectors.Made embed(Worker worker, TextVectors.Ask ask, Runnable listener)
      throws InterruptedException {
    var call = WorkerWire.Texts.of(ask);
    try (Exchange exchange = begin(worker.address(), WorkerWire.VECTORS, call)) {
      long looks = VECTORS.plus(ask.patience()).dividedBy(LOOK);
      Line line = null;
      for (long look = 0; line == null && look < looks; look++) {
        listener.run();
        line = exchange.next(LOOK);
      }
      TextVectors.Made vectors = line == null ? null : line.vectors();
      if (vectors == null) {
        throw ended();
      }
      return vectors;
    }
  }

  private Exchange begin(Address address, String path, Object call) {
    var lines = new Lines();
    HttpRequest request =
        HttpRequest.newBuilder(address.uri().resolve(path))
            .header("Authorization", "Bearer " + address.key())
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(WorkerWire.JSON.writeValueAsBytes(call)))
            .build();
    CompletableFuture<HttpResponse<Void>> sent =
        client.sendAsync(
            request,
            head -> {
              if (head.statusCode() != 200) {
                lines.onError(new IOException("status " + head.statusCode()));
              }
              return BodySubscribers.fromLineSubscriber(lines);
            });
    var _ =
        sent.whenComplete(
            (_, failure) -> {
              if (failure != null) {
                lines.onError(failure);
              }
            });
    return new Exchange(sent, lines);
  }

  private static ProblemException ended() {
    return new ProblemException(
        Problem.of(502, "worker-ended", "The worker of this agent ended before its answer."));
  }

  /// A line that came, or what ended them.
  private record Heard(@Nullable String line, @Nullable Throwable failure) {}

  /// Keeps lines until they are read: never more than an answer.
  private static final class Lines implements Flow.Subscriber<String> {

    private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();

    @Override
    public void onSubscribe(Flow.Subscription begun) {
      subscription.complete(begun);
      begun.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
      heard.add(new Heard(line, null));
    }

    @Override
    public void onError(Throwable failure) {
      heard.add(new Heard(null, failure));
    }

    @Override
    public void onComplete() {
      heard.add(new Heard(null, null));
    }
  }

  /// A call under way.
  private record Exchange(CompletableFuture<HttpResponse<Void>> sent, Lines lines)
      implements AutoCloseable {

    /// {@return the next line, or null if none came in time}
    ///
    /// @throws ProblemException if there is no more, or the worker says so
    @Nullable Line next(Duration patience) throws InterruptedException {
      Heard next = lines.heard.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (next == null) {
        return null;
      }
      String text = next.line();
      if (text == null) {
        LOG.warn("a worker's answer broke off: {}", String.valueOf(next.failure()));
        throw ended();
      }
      Line line = parse(text);
      Problem problem = line.problem();
      if (problem != null) {
        throw new ProblemException(problem);
      }
      return line;
    }

    private static Line parse(String text) {
      try {
        return WorkerWire.JSON.readValue(text, Line.class);
      } catch (JacksonException e) {
        LOG.error("a worker's line is not understood: {}", e.getOriginalMessage());
        throw ended();
      }
    }

    @Override
    public void close() {
      var _ = lines.subscription.thenAccept(Flow.Subscription::cancel);
      sent.cancel(true);
    }
  }
}
