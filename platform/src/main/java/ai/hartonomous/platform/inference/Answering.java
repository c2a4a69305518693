package ai.hartonomous.platform.inference;

import ai.hartonomous.model.constrain.Rule;
import ai.hartonomous.model.generate.BatchGenerator;
import ai.hartonomous.model.generate.BatchGenerator.Limits;
import ai.hartonomous.model.generate.BusyException;
import ai.hartonomous.model.generate.Generation;
import ai.hartonomous.model.generate.GenerationRequest;
import ai.hartonomous.model.generate.Owner;
import ai.hartonomous.model.generate.Piece;
import ai.hartonomous.model.generate.Transcoder;
import ai.hartonomous.model.generate.Voice;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.deployment.LoadedAgent;
import ai.hartonomous.platform.deployment.Mix;
import ai.hartonomous.platform.deployment.ModelPlace;
import ai.hartonomous.platform.deployment.Unloaded;
import ai.hartonomous.platform.deployment.Worker;
import ai.hartonomous.platform.inference.Features.Transcoders;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import ai.hartonomous.tensor.Kernels;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;

/// Computes answers, many side by side, on all processors. A bounded number waits; what comes
/// beyond that is refused at once. Payers with few answers under way go first, however many users
/// they pay for.
@Service
class Answering {

  private static final Logger LOG = LoggerFactory.getLogger(Answering.class);

  /// How long a reader hears nothing at most.
  static final Duration QUIET = Duration.ofSeconds(5);

  private final Kernels kernels;
  private final BatchGenerator generator;
  private final RemoteAnswers remote;
  private final TranscoderShelf shelf;
  private final Duration whole;
  private final long cacheBytes;
  private final ServingMetrics metrics;

  Answering(
      Settings settings, RemoteAnswers remote, TranscoderShelf shelf, ServingMetrics metrics) {
    this.remote = remote;
    this.shelf = shelf;
    this.metrics = metrics;
    Settings.Inference limits = settings.inference();
    whole = limits.whole();
    cacheBytes = limits.cache().toBytes();
    kernels = Kernels.of(limits.computing());
    generator =
        new BatchGenerator(
            kernels,
            new Limits(limits.sequences(), limits.waiting(), limits.waitingEach(), cacheBytes));
    metrics.watch(generator, cacheBytes);
  }

  @PreDestroy
  void stop() {
    generator.close();
    kernels.close();
  }

  @EventListener
  void forget(Unloaded unloaded) {
    for (LoadedAgent expert : unloaded.agent().experts()) {
      if (expert.place() instanceof ModelPlace.Here(Model model)) {
        generator.forget(model);
      }
    }
  }

  /// One text to continue.
  ///
  /// @param agent who answers
  /// @param request what to generate
  /// @param mix all that answer together, or null where only the agent does
  /// @param rule what the request's grammar was made of, or null where it has none
  /// @param transcoders tell features of its tokens, or null; the process that computes reads them
  record Task(
      LoadedAgent agent,
      GenerationRequest request,
      @Nullable Mix mix,
      @Nullable Rule rule,
      @Nullable Transcoders transcoders) {

    private Task with(List<Transcoder> read) {
      GenerationRequest coded = request.withScores(request.scores().with(read));
      return new Task(agent, coded, mix, rule, transcoders);
    }

    private Voice voice() {
      return mix == null ? Voice.of(agent.model(), agent.tokenizer()) : mix.voice();
    }
  }

  /// Hears the texts as they come.
  @FunctionalInterface
  interface Reader {

    /// Takes the next part.
    ///
    /// @param index which of the tasks
    /// @param piece a token and its text
    /// @throws IOException if nobody listens any more; the answers are then cancelled
    void accept(int index, Piece piece) throws IOException;

    /// Called when nothing came for {@link #QUIET}, so that a reader that has gone is noticed.
    ///
    /// @throws IOException if nobody listens any more; the answers are then cancelled
    default void quiet() throws IOException {}
  }

  /// A piece of one of the tasks, or null where that task has ended.
  private record Heard(int index, @Nullable Piece piece) {}

  /// Answers, and passes the texts on from the calling thread.
  ///
  /// @param owner who pays, and on whose behalf
  /// @param tasks what to continue; all of one agent, with the same transcoders
  /// @param reader hears the texts
  /// @return the whole of each
  /// @throws ProblemException with status 429 if too many wait already, 503 if the server stops or
  ///   the agent's worker is not there, 502 if it ends while it answers, 422 if a model cannot do
  ///   what a task wants; and as {@link TranscoderShelf#open} says
  /// @throws IOException if the reader throws it
  /// @throws InterruptedException if the calling thread is interrupted
  List<Generation> answer(Owner owner, List<Task> tasks, Reader reader)
      throws IOException, InterruptedException {
    boolean whole = false;
    try {
      List<Generation> answers =
          switch (tasks.getFirst().agent().place()) {
            case ModelPlace.Here _ -> answerHere(owner, tasks, reader);
            case ModelPlace.Elsewhere(var _, int _, Worker worker) ->
                remote.answer(worker, owner, tasks, reader);
          };
      metrics.finished(answers);
      whole = true;
      return answers;
    } finally {
      if (!whole) {
        metrics.aborted(tasks.size());
      }
    }
  }

  private List<Generation> answerHere(Owner owner, List<Task> tasks, Reader reader)
      throws IOException, InterruptedException {
    try (var lease = shelf.open(tasks.getFirst().transcoders())) {
      List<Task> coded = tasks.stream().map(it -> it.with(lease.transcoders())).toList();
      return compute(owner, coded, reader);
    }
  }

  private List<Generation> compute(Owner owner, List<Task> tasks, Reader reader)
      throws IOException, InterruptedException {
    // Never longer than the answers themselves, which the model's context bounds.
    BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
    List<CompletableFuture<Generation>> answers = new ArrayList<>();
    try {
      for (int i = 0; i < tasks.size(); i++) {
        answers.add(submit(owner, tasks.get(i), i, heard));
      }
      int left = tasks.size();
      while (left > 0) {
        Heard next = heard.poll(QUIET.toMillis(), TimeUnit.MILLISECONDS);
        if (next == null) {
          reader.quiet();
        } else if (next.piece() == null) {
          left--;
        } else {
          reader.accept(next.index(), next.piece());
        }
      }
      List<Generation> wholes = new ArrayList<>();
      for (CompletableFuture<Generation> answer : answers) {
        wholes.add(answer.get());
      }
      return wholes;
    } catch (CancellationException _) {
      throw new ProblemException(Problem.of(503, "stopping", "The server is stopping."));
    } catch (ExecutionException e) {
      LOG.error("an answer failed", e.getCause());
      throw new ProblemException(Problem.of(500, "answer-failed", "The answer failed."));
    } finally {
      answers.forEach(answer -> answer.cancel(true));
    }
  }

  /// {@return how long a whole answer may take}
  Duration whole() {
    return whole;
  }

  /// {@return most bytes of keys and values}
  long cacheBytes() {
    return cacheBytes;
  }

  /// {@return how things stand}
  BatchGenerator.Load load() {
    return generator.load();
  }

  private CompletableFuture<Generation> submit(
      Owner owner, Task task, int index, BlockingQueue<Heard> heard) {
    try {
      CompletableFuture<Generation> answer =
          generator.submit(
              owner, task.voice(), task.request(), piece -> heard.add(new Heard(index, piece)));
      var _ = answer.whenComplete((_, _) -> heard.add(new Heard(index, null)));
      return answer;
    } catch (BusyException _) {
      throw new ProblemException(
          Problem.of(429, "too-many-requests", "Too many requests wait for an answer already."));
    } catch (IllegalArgumentException e) {
      throw Problem.unprocessable("not-possible", String.valueOf(e.getMessage()));
    }
  }
}
