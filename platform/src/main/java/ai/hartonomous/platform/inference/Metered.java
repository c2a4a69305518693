package ai.hartonomous.platform.inference;

import ai.hartonomous.model.checkpoint.ContentHash;
import ai.hartonomous.model.generate.Generation;
import ai.hartonomous.model.generate.Piece;
import ai.hartonomous.platform.deployment.Mix;
import ai.hartonomous.platform.inference.Answering.Task;
import ai.hartonomous.platform.metering.CallMeter;
import ai.hartonomous.platform.metering.UsageEvent;
import ai.hartonomous.platform.metering.Use;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What metering wants to know of a request, and where its receipt stands in a stream.
final class Metered {

  /// Header of a whole answer: the signed receipt of what it took.
  static final String RECEIPT = "Hartonomous-Receipt";

  private Metered() {}

  /// {@return all that a request asks for, in one form: what is not known is left out, as is how
  /// the answer goes over the wire}
  static String asked(Object request) {
    ObjectNode fields = EventStream.JSON.valueToTree(request);
    fields.remove(List.of("stream", "stream_options"));
    return fields.toString();
  }

  /// {@return the seed of a call that names none: a call that is sent again by its key gets the
  /// same answer again}
  ///
  /// @param key of the call, or null
  static long seed(@Nullable String key) {
    return key == null
        ? ThreadLocalRandom.current().nextLong()
        : Long.parseUnsignedLong(ContentHash.of(key).substring(0, 16), 16);
  }

  /// {@return what tasks ask for, and the most they may take}
  ///
  /// @param asked the request
  /// @param tasks in the order of the prompts, all answers to one prompt together
  /// @param each answers to each prompt, which counts once
  static CallMeter.Ask ask(String model, String asked, List<Task> tasks, int each) {
    long input = 0;
    long output = 0;
    for (int i = 0; i < tasks.size(); i++) {
      Task task = tasks.get(i);
      Mix mix = task.mix();
      int context = mix == null ? task.agent().config().extents().positions() : mix.context();
      int prompt = task.request().prompt().length;
      input += i % each == 0 ? prompt : 0;
      output += Math.min(task.request().maxTokens(), context - prompt);
    }
    var agent = new UsageEvent.Agent(tasks.getFirst().agent().id(), model);
    return new CallMeter.Ask(agent, asked, new Use(input, 0, output, 1, 0));
  }

  /// {@return what a request for vectors asks for, and takes}
  static CallMeter.Ask ask(UUID agent, EmbeddingRequest request, long tokens) {
    return new CallMeter.Ask(
        new UsageEvent.Agent(agent, Opened.required(request.model())),
        asked(request),
        new Use(tokens, 0, 0, 1, 0));
  }

  /// What the parts of a stream take, which {@link Usage} counts at its end.
  static final class Parts {

    private final List<Task> tasks;
    private final int each;
    private final BitSet begun = new BitSet();

    /// Nothing was written yet.
    ///
    /// @param tasks in the order of the prompts, all answers to one prompt together
    /// @param each answers to each prompt, which counts once
    Parts(List<Task> tasks, int each) {
      this.tasks = tasks;
      this.each = each;
    }

    /// {@return what comes to it with a piece of one of the tasks}
    Use of(int index, Piece piece) {
      boolean first = index % each == 0 && !begun.get(index);
      begun.set(index);
      int read = first ? tasks.get(index).request().prompt().length : 0;
      int cached = first ? piece.cached() : 0;
      return new Use(read, cached, piece.id() < 0 ? 0 : 1, 0, 0);
    }
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
