package ai.hartonomous.bench;

import ai.hartonomous.bench.onnx.StepGraph.Format;
import ai.hartonomous.model.generate.BatchGenerator;
import ai.hartonomous.model.generate.BatchGenerator.Limits;
import ai.hartonomous.model.generate.BusyException;
import ai.hartonomous.model.generate.Generation;
import ai.hartonomous.model.generate.GenerationRequest;
import ai.hartonomous.model.generate.Sampling;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.json.JsonMapper;

/// What a user of the server's generator waits for: the time to the first token, and between two
/// tokens, when so many users each send the next prompt as soon as they have their answer.
///
/// @param out where to
/// @param json whether a machine reads it
/// @param time of one measurement
record Delays(PrintStream out, boolean json, Duration time) {

  static final String NAME = "delays";

  private static final int[] USERS = {1, 8, 24};
  private static final int PROMPT = 64;
  private static final int TOKENS = 32;
  private static final long CACHE_BYTES = 1L << 30;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /// What was measured with one number of users.
  ///
  /// @param contest language and format
  /// @param threads that compute
  /// @param users at a time
  /// @param answers that were measured
  /// @param tokensPerSecond new tokens of all of them
  /// @param firstMedianMs median time to the first token
  /// @param first99Ms 99 % of the first tokens came within this
  /// @param betweenMedianMs median time between two tokens
  /// @param between99Ms 99 % of the tokens came within this after the one before
  record Line(
      String contest,
      int threads,
      int users,
      int answers,
      double tokensPerSecond,
      double firstMedianMs,
      double first99Ms,
      double betweenMedianMs,
      double between99Ms) {}

  void run(int threads) throws InterruptedException, IOException {
    if (!json) {
      out.printf(
          "%n%-22s %2s %5s %8s %9s  %18s  %18s%n",
          "delays", "T", "users", "answers", "tokens/s", "first token, ms", "between tokens, ms");
    }
    for (Language language : Language.values()) {
      for (Format format : Format.values()) {
        Model model = Language.in(format, language.open());
        for (int users : USERS) {
          measure(model, threads, users, time.dividedBy(4)); // compiles
          String name = "%s %s".formatted(language.label(), format.label());
          print(line(name, threads, users, measure(model, threads, users, time)));
        }
      }
    }
  }

  /// Times at which the tokens of one answer came, the first that at which it was asked for.
  private record Answer(long[] nanos) {

    Answer(long[] nanos) {
      this.nanos = nanos;
    }
  }

  private record Measured(List<Answer> answers, double seconds) {}

  private Measured measure(Model model, int threads, int users, Duration duration)
      throws InterruptedException, IOException {
    long start = System.nanoTime();
    long end = start + duration.toNanos();
    List<Answer> all = new ArrayList<>();
    try (Kernels kernels = Kernels.of(threads);
        var generator = new BatchGenerator(kernels, new Limits(64, users, users, CACHE_BYTES));
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Answer>>> coming = new ArrayList<>();
      for (int u = 0; u < users; u++) {
        int user = u;
        coming.add(executor.submit(() -> ask(generator, model, user, end)));
      }
      for (Future<List<Answer>> each : coming) {
        all.addAll(each.get());
      }
    } catch (ExecutionException e) {
      throw new IOException("the generator failed", e);
    }
    return new Measured(all, (System.nanoTime() - start) * 1e-9);
  }

  private static List<Answer> ask(BatchGenerator generator, Model model, int user, long end)
      throws BusyException, ExecutionException, InterruptedException {
    int vocabulary = model.config().extents().vocabulary();
    var numbers = new Numbers(vocabulary);
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; answers.isEmpty() || System.nanoTime() < end; i++) {
      int[] prompt = Shapes.ids(1_000L * user + i, PROMPT, vocabulary);
      var request = new GenerationRequest(prompt, Sampling.GREEDY, TOKENS, List.of(), Set.of());
      long[] nanos = new long[1 + TOKENS];
      int[] count = {1};
      nanos[0] = System.nanoTime();
      Generation whole =
          generator
              .submit(
                  user,
                  model,
                  numbers,
                  request,
                  piece -> {
                    if (piece.id() >= 0) {
                      nanos[count[0]++] = System.nanoTime();
                    }
                  })
              .get();
      if (whole.ids().length != TOKENS) {
        throw new IllegalStateException("an answer of %d tokens".formatted(whole.ids().length));
      }
      answers.add(new Answer(nanos));
    }
    return answers;
  }

  private static Line line(String name, int threads, int users, Measured measured) {
    List<Answer> answers = measured.answers();
    double[] first = new double[answers.size()];
    double[] between = new double[answers.size() * (TOKENS - 1)];
    for (int a = 0; a < first.length; a++) {
      long[] nanos = answers.get(a).nanos();
      first[a] = (nanos[1] - nanos[0]) * 1e-6;
      for (int t = 2; t < nanos.length; t++) {
        between[a * (TOKENS - 1) + t - 2] = (nanos[t] - nanos[t - 1]) * 1e-6;
      }
    }
    return new Line(
        name,
        threads,
        users,
        answers.size(),
        answers.size() * TOKENS / measured.seconds(),
        quantile(first, 0.5),
        quantile(first, 0.99),
        quantile(between, 0.5),
        quantile(between, 0.99));
  }

  private static double quantile(double[] values, double q) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1, Math.ceil(q * sorted.length))];
  }

  private void print(Line line) {
    if (json) {
      out.println(MAPPER.writeValueAsString(line));
      return;
    }
    out.printf(
        "%-22s %2d %5d %8d %9.0f  %6.2f, p99 %7.2f  %6.2f, p99 %7.2f%n",
        line.contest(),
        line.threads(),
        line.users(),
        line.answers(),
        line.tokensPerSecond(),
        line.firstMedianMs(),
        line.first99Ms(),
        line.betweenMedianMs(),
        line.between99Ms());
  }
}
