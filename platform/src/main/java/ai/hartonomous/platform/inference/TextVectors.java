package ai.hartonomous.platform.inference;

import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.platform.deployment.AgentLease;
import ai.hartonomous.platform.deployment.ModelPlace;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import ai.hartonomous.tensor.Matrix;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Service;

/// Makes vectors of texts. In the hidden space: the mean over the text's tokens of what the model's
/// output matrix reads, which is the last hidden state after its norm, scaled to length 1. In the
/// probe space: how similar the text is to each probe text, see {@link
/// ai.hartonomous.interpret.probe.ProbeSpace}. One text is computed at a time, on one processor, so
/// that answers go on beside it; requests take turns after every text.
@Service
class TextVectors {

  private static final int MOST_WAITING = 64;

  /// Requests of one payer, so that nobody keeps the others out.
  static final int MOST_EACH = 16;

  private final Map<String, Integer> places = new HashMap<>();
  private final RemoteAnswers remote;
  private final Turns turns;
  private final ProbeSpaces spaces;

  TextVectors(RemoteAnswers remote, Turns turns, ProbeSpaces spaces) {
    this.remote = remote;
    this.turns = turns;
    this.spaces = spaces;
  }

  /// Texts whose vectors are wanted.
  ///
  /// @param payer who pays
  /// @param texts token ids, at least one each that counts, none longer than the model's context
  /// @param space which vectors
  /// @param dimensions leading numbers of each that are wanted, at most those of the space
  /// @param patience how long to wait for a space that is being made
  record Ask(
      String payer, List<int[]> texts, VectorSpace space, int dimensions, Duration patience) {}

  /// Vectors of texts.
  ///
  /// @param vectors in the order of the texts
  /// @param micros what computing them took, waiting for turns included
  record Made(List<float[]> vectors, long micros) {}

  /// {@return the vector of each text}
  ///
  /// @param lease of an agent of one source
  /// @param ask the texts
  /// @param listener run before each text, and now and then while a worker computes; what it throws
  ///   ends the work
  /// @throws ProblemException with status 429 if too many wait already, 503 if the agent's worker
  ///   is not there or the space not yet, 502 if the worker ends, 422 if there is no such space
  /// @throws InterruptedException if the thread is interrupted
  Made embed(AgentLease lease, Ask ask, Runnable listener) throws InterruptedException {
    take(ask.payer());
    try {
      return switch (lease.agent().experts().getFirst().place()) {
        case ModelPlace.Here(Model model) ->
            switch (ask.space()) {
              case HIDDEN -> hidden(model, ask, listener);
              case PROBE -> probe(lease, ask, listener);
            };
        case ModelPlace.Elsewhere place -> remote.embed(place.worker(), ask, listener);
      };
    } finally {
      giveBack(ask.payer());
    }
  }

  /// Takes one of the places of a payer.
  ///
  /// @throws ProblemException with status 429 if there is none
  void take(String payer) {
    synchronized (places) {
      int all = places.values().stream().mapToInt(Integer::intValue).sum();
      int own = places.getOrDefault(payer, 0);
      if (all >= MOST_WAITING || own >= MOST_EACH) {
        throw new ProblemException(
            Problem.of(429, "too-many-requests", "Too many requests wait for vectors already."));
      }
      places.put(payer, own + 1);
    }
  }

  void giveBack(String payer) {
    synchronized (places) {
      places.computeIfPresent(payer, (_, own) -> own == 1 ? null : own - 1);
    }
  }

  private Made probe(AgentLease lease, Ask ask, Runnable listener) throws InterruptedException {
    try (ProbeSpaces.Use use = spaces.use(lease, ask.patience())) {
      long begin = System.nanoTime();
      List<float[]> vectors = new ArrayList<>();
      for (int[] ids : ask.texts()) {
        listener.run();
        float[] whole = use.embed(ids);
        vectors.add(ask.dimensions() == whole.length ? whole : leading(whole, ask.dimensions()));
      }
      return made(vectors, begin);
    }
  }

  private static float[] leading(float[] whole, int dimensions) {
    double[] numbers = new double[dimensions];
    for (int d = 0; d < dimensions; d++) {
      numbers[d] = whole[d];
    }
    return scaled(numbers);
  }

  private static Made made(List<float[]> vectors, long begin) {
    return new Made(vectors, (System.nanoTime() - begin) / 1_000);
  }

  private Made hidden(Model model, Ask ask, Runnable listener) throws InterruptedException {
    long begin = System.nanoTime();
    List<float[]> vectors = new ArrayList<>();
    for (int[] ids : ask.texts()) {
      listener.run();
      turns.begin();
      try {
        vectors.add(vector(model, ids, ask.dimensions()));
      } finally {
        turns.end();
      }
    }
    return made(vectors, begin);
  }

  private float[] vector(Model model, int[] ids, int dimensions) {
    var transformer = new Transformer(model, turns.kernels());
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    double[] mean = new double[dimensions];
    transformer.forward(Batch.of(ids), trace, (point, values) -> add(point, values, mean));
    return scaled(mean);
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
