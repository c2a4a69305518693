package ai.hartonomous.platform.inference;

import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.platform.deployment.LoadedAgent;
import ai.hartonomous.platform.deployment.ModelPlace;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import jakarta.annotation.PreDestroy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.stereotype.Service;

/// Makes vectors of texts: the mean over the text's tokens of what the model's output matrix reads,
/// which is the last hidden state after its norm, scaled to length 1. One request is computed at a
/// time, on one processor, so that answers go on beside it.
@Service
class TextVectors {

  private static final int MOST_WAITING = 64;

  private final Kernels kernels = Kernels.of(1);
  private final ReentrantLock computing = new ReentrantLock(true);
  private final Semaphore places = new Semaphore(MOST_WAITING);
  private final RemoteAnswers remote;

  TextVectors(RemoteAnswers remote) {
    this.remote = remote;
  }

  @PreDestroy
  void stop() {
    kernels.close();
  }

  /// {@return the vector of each text}
  ///
  /// @param agent reads them
  /// @param texts token ids, at least one each, none longer than the model's context
  /// @param dimensions leading numbers of each that are wanted, at most the model's width
  /// @throws ProblemException with status 429 if too many wait already, 503 if the agent's worker
  ///   is not there, 502 if it ends
  /// @throws InterruptedException if the thread is interrupted
  List<float[]> embed(LoadedAgent agent, List<int[]> texts, int dimensions)
      throws InterruptedException {
    return switch (agent.place()) {
      case ModelPlace.Here(Model model) -> embed(model, texts, dimensions);
      case ModelPlace.Elsewhere place -> remote.embed(place, texts, dimensions);
    };
  }

  private List<float[]> embed(Model model, List<int[]> texts, int dimensions)
      throws InterruptedException {
    if (!places.tryAcquire()) {
      throw new ProblemException(
          Problem.of(429, "too-many-requests", "Too many requests wait for vectors already."));
    }
    try {
      computing.lockInterruptibly();
      try {
        return vectors(model, texts, dimensions);
      } finally {
        computing.unlock();
      }
    } finally {
      places.release();
    }
  }

  private List<float[]> vectors(Model model, List<int[]> texts, int dimensions)
      throws InterruptedException {
    var transformer = new Transformer(model, kernels);
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    List<float[]> vectors = new ArrayList<>();
    for (int[] ids : texts) {
      if (Thread.interrupted()) {
        throw new InterruptedException("nobody waits for the vectors");
      }
      double[] mean = new double[dimensions];
      transformer.forward(Batch.of(ids), trace, (point, values) -> add(point, values, mean));
      vectors.add(scaled(mean));
    }
    return vectors;
  }

  private static void add(HookPoint point, Matrix values, double[] sum) {
    if (point.site() != Site.FINAL_NORM) {
      return;
    }
    for (int row = 0; row < values.rows(); row++) {
      for (int d = 0; d < sum.length; d++) {
        sum[d] += values.at(row, d);
      }
    }
  }

  /// {@return the same direction with length 1}
  private static float[] scaled(double[] sum) {
    double square = 0;
    for (double number : sum) {
      square += number * number;
    }
    double scale = square == 0 ? 0 : 1 / Math.sqrt(square);
    float[] vector = new float[sum.length];
    for (int d = 0; d < vector.length; d++) {
      vector[d] = (float) (sum[d] * scale);
    }
    return vector;
  }
}
