package ai.hartonomous.platform.inference;

import ai.hartonomous.model.generate.BatchGenerator;
import ai.hartonomous.model.generate.Generation;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.stream.DoubleStream;
import org.springframework.stereotype.Component;

/// How answers are served, for the metrics of a process. After the prefix the names, units and
/// buckets are vLLM's, which dashboards know. No label names an agent or a user.
@Component
class ServingMetrics {

  private static final Duration[] FIRST_TOKEN =
      seconds(
          .001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
          160, 640, 2560);
  private static final Duration[] EACH_TOKEN =
      seconds(
          .001, .0025, .005, .01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5, 5, 7.5, 10,
          20, 40, 80);
  private static final Duration[] REQUEST =
      seconds(
          .3, .5, .8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920,
          7680);

  private final MeterRegistry registry;
  private final Counter prompt;
  private final Counter sought;
  private final Counter cached;
  private final Counter written;
  private final Timer firstToken;
  private final Timer eachToken;
  private final Timer queue;
  private final Timer prefill;
  private final Timer decode;
  private final Timer whole;
  private final Timer measuring;

  ServingMetrics(MeterRegistry registry) {
    this.registry = registry;
    prompt = counter("prompt.tokens", "Tokens of prompts");
    sought = counter("prefix.cache.queries", "Tokens of prompts, sought among those read before");
    cached = counter("prefix.cache.hits", "Tokens of prompts that had been read before");
    written = counter("generation.tokens", "Tokens of answers");
    firstToken =
        timer("time.to.first.token", "From the request to the first token of an answer")
            .serviceLevelObjectives(FIRST_TOKEN)
            .register(registry);
    eachToken =
        timer("request.time.per.output.token", "Mean time from token to token of an answer")
            .serviceLevelObjectives(EACH_TOKEN)
            .register(registry);
    queue = part("request.queue.time", "Waiting for a place beside others");
    prefill = part("request.prefill.time", "Reading the prompt");
    decode = part("request.decode.time", "From the first token of an answer to its end");
    whole = part("e2e.request.latency", "From the request to the end of an answer");
    measuring =
        timer("probe.measuring.time", "Measuring an agent on the probe texts").register(registry);
  }

  private static Duration[] seconds(double... seconds) {
    return DoubleStream.of(seconds)
        .mapToObj(it -> Duration.ofNanos(Math.round(it * 1e9)))
        .toArray(Duration[]::new);
  }

  private Counter counter(String name, String description) {
    return Counter.builder("hartonomous." + name).description(description).register(registry);
  }

  private static Timer.Builder timer(String name, String description) {
    return Timer.builder("hartonomous." + name).description(description);
  }

  private Timer part(String name, String description) {
    return timer(name, description).serviceLevelObjectives(REQUEST).register(registry);
  }

  /// Shows how a generator stands, whenever somebody looks.
  ///
  /// @param generator the generator of this process
  /// @param cacheBytes most bytes of its keys and values
  void watch(BatchGenerator generator, long cacheBytes) {
    Gauge.builder("hartonomous.num.requests.running", generator, it -> it.load().growing())
        .description("Answers that grow")
        .register(registry);
    Gauge.builder("hartonomous.num.requests.waiting", generator, it -> it.load().waiting())
        .description("Answers that wait for a place")
        .register(registry);
    Gauge.builder(
            "hartonomous.kv.cache.usage.perc",
            generator,
            it -> it.load().usedBytes() / (double) cacheBytes)
        .description("Share of the memory for keys and values that growing answers have, 0 to 1")
        .register(registry);
    Gauge.builder(
            "hartonomous.kv.cache.kept.perc",
            generator,
            it -> it.load().keptBytes() / (double) cacheBytes)
        .description("Share that is kept for prompts that begin alike, 0 to 1")
        .register(registry);
  }

  /// Counts answers that came to their end.
  ///
  /// @param answers the wholes
  void finished(List<Generation> answers) {
    for (Generation answer : answers) {
      finished(answer);
    }
  }

  private void finished(Generation answer) {
    ends(answer.reason().label(), 1);
    prompt.increment(answer.prompt().tokens());
    sought.increment(answer.prompt().tokens());
    cached.increment(answer.prompt().cached());
    int tokens = answer.ids().length;
    written.increment(tokens);
    Generation.Timings timings = answer.timings();
    Duration begun = timings.waiting().plus(timings.prompt());
    queue.record(timings.waiting());
    prefill.record(timings.prompt());
    decode.record(timings.tokens());
    whole.record(begun.plus(timings.tokens()));
    if (tokens > 0) {
      firstToken.record(begun);
    }
    if (tokens > 1) {
      eachToken.record(timings.tokens().dividedBy(tokens - 1));
    }
  }

  /// Counts an agent that was measured on the probe texts.
  ///
  /// @param took how long
  void measured(Duration took) {
    measuring.record(took);
  }

  /// Counts answers that nobody got to the end.
  ///
  /// @param answers how many
  void aborted(int answers) {
    ends("abort", answers);
  }

  private void ends(String reason, int answers) {
    Counter.builder("hartonomous.request.success")
        .description("Answers that ended")
        .tag("finished_reason", reason)
        .register(registry)
        .increment(answers);
  }
}
