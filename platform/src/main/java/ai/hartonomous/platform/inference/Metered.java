package ai.hartonomous.platform.inference;

import ai.hartonomous.model.generate.Generation;
import ai.hartonomous.model.generate.GenerationRequest;
import ai.hartonomous.platform.deployment.Mix;
import ai.hartonomous.platform.inference.Answering.Task;
import ai.hartonomous.platform.metering.CallMeter;
import ai.hartonomous.platform.metering.UsageEvent;
import ai.hartonomous.platform.metering.Use;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// What metering wants to know of a request, and where its receipt stands in a stream.
final class Metered {

  private Metered() {}

  /// {@return what a request asks for, and the most it may take}
  static CallMeter.Ask ask(String model, List<Task> tasks) {
    long input = 0;
    long output = 0;
    List<Object> request = new ArrayList<>();
    for (Task task : tasks) {
      GenerationRequest wanted = task.request();
      Mix mix = task.mix();
      int context = mix == null ? task.agent().config().extents().positions() : mix.context();
      input += wanted.prompt().length;
      output += Math.min(wanted.maxTokens(), context - wanted.prompt().length);
      request.add(Arrays.hashCode(wanted.prompt()));
      request.add(wanted.maxTokens());
    }
    var agent = new UsageEvent.Agent(tasks.getFirst().agent().id(), model);
    return new CallMeter.Ask(agent, request, new Use(input, 0, output, 1, 0));
  }

  /// {@return what a request for vectors asks for, and takes}
  static CallMeter.Ask ask(UUID agent, String model, List<int[]> texts) {
    long input = 0;
    List<Object> request = new ArrayList<>();
    for (int[] text : texts) {
      input += text.length;
      request.add(Arrays.hashCode(text));
    }
    return new CallMeter.Ask(
        new UsageEvent.Agent(agent, model), request, new Use(input, 0, 0, 1, 0));
  }

  /// {@return what a request took}
  static Use use(Usage usage, List<Generation> answers) {
    long micros = 0;
    for (Generation answer : answers) {
      micros += answer.timings().prompt().plus(answer.timings().tokens()).toNanos() / 1_000;
    }
    return new Use(usage.prompt(), usage.cached(), usage.completion(), 1, micros);
  }

  /// Adds the receipt to a chunk, beside whatever else its field `hartonomous` says; an empty one
  /// is left out.
  static void with(Map<String, Object> chunk, String receipt) {
    if (receipt.isEmpty()) {
      return;
    }
    Map<String, Object> all = new LinkedHashMap<>();
    if (chunk.get("hartonomous") instanceof Map<?, ?> before) {
      before.forEach((name, value) -> all.put(String.valueOf(name), value));
    }
    all.put("receipt", receipt);
    chunk.put("hartonomous", all);
  }
}
