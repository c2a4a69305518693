package ai.hartonomous.platform.inference;

import ai.hartonomous.model.generate.Generation;
import ai.hartonomous.model.generate.GenerationRequest;
import ai.hartonomous.model.generate.Generator;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.deployment.LoadedAgent;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import ai.hartonomous.tensor.Kernels;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Service;

/// Computes answers: a few at a time, each on a platform thread with its own kernels, and a bounded
/// number waiting. What comes beyond that is refused at once.
@Service
class Answering {

  private static final String END = "\0end";

  private final ThreadPoolExecutor threads;
  private final BlockingQueue<Kernels> idle = new LinkedBlockingQueue<>();

  Answering(Settings settings) {
    int concurrent = settings.inference().concurrent();
    int perAnswer = Math.max(1, Runtime.getRuntime().availableProcessors() / concurrent);
    for (int i = 0; i < concurrent; i++) {
      idle.add(Kernels.of(perAnswer));
    }
    threads =
        new ThreadPoolExecutor(
            concurrent,
            concurrent,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(settings.inference().waiting()),
            Thread.ofPlatform().name("answer-", 0).factory());
  }

  @PreDestroy
  void stop() {
    threads.shutdownNow();
    threads.close();
    idle.forEach(Kernels::close);
  }

  /// Hears the text of an answer as it comes.
  @FunctionalInterface
  interface Reader {

    /// Takes the next part.
    ///
    /// @param text never empty
    /// @throws IOException if nobody listens any more; the answer is then cancelled
    void accept(String text) throws IOException;
  }

  /// Answers, and passes the text on from the calling thread.
  ///
  /// @param agent who answers
  /// @param request what to generate
  /// @param reader hears the text
  /// @return the whole
  /// @throws ProblemException with status 429 if too many wait already
  /// @throws IOException if the reader throws it
  /// @throws InterruptedException if the calling thread is interrupted
  Generation answer(LoadedAgent agent, GenerationRequest request, Reader reader)
      throws IOException, InterruptedException {
    BlockingQueue<String> parts = new LinkedBlockingQueue<>();
    Future<Generation> answer = submit(agent, request, parts);
    try {
      for (String part = parts.take(); !part.equals(END); part = parts.take()) {
        reader.accept(part);
      }
      return answer.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the answer failed", e.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  /// {@return number of requests that wait for their turn}
  int waiting() {
    return threads.getQueue().size();
  }

  private Future<Generation> submit(
      LoadedAgent agent, GenerationRequest request, BlockingQueue<String> parts) {
    try {
      return threads.submit(
          () -> {
            Kernels kernels = idle.take();
            try {
              var generator =
                  new Generator(new Transformer(agent.model(), kernels), agent.tokenizer());
              return generator.generate(request, (_, text) -> pass(text, parts));
            } finally {
              idle.add(kernels);
              parts.add(END);
            }
          });
    } catch (RejectedExecutionException _) {
      throw new ProblemException(
          Problem.of(429, "too-many-requests", "Too many requests wait for an answer already."));
    }
  }

  private static void pass(String text, BlockingQueue<String> parts) {
    if (!text.isEmpty()) {
      parts.add(text);
    }
  }
}
