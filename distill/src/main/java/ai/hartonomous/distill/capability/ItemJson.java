package ai.hartonomous.distill.capability;

import ai.hartonomous.distill.capability.CapabilityItem.Split;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// One line of a suite file.
final class ItemJson {
  private static final int SHOWN_CHARACTERS = 80;
  private static final Set<String> COMMON = Set.of("id", "capability", "split");

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /// What an item asks, told by the one field that only this kind has.
  private enum Kind {
    GENERATION("answer"),
    CHOICE("choices"),
    CONTRAST("good"),
    TEXT("text");

    private final String key;

    Kind(String key) {
      this.key = key;
    }

    private Set<String> fields() {
      return switch (this) {
        case GENERATION -> Set.of("prompt", "answer", "generation");
        case CHOICE -> Set.of("prompt", "choices", "right", "metric");
        case CONTRAST -> Set.of("prompt", "good", "bad", "metric");
        case TEXT -> Set.of("text", "metric");
      };
    }
  }

  private ItemJson() {}

  /// {@return the item of a line}
  ///
  /// @param line JSON
  /// @param place for messages
  /// @throws SuiteException if it is not an item
  static CapabilityItem parse(String line, String place) throws SuiteException {
    JsonNode json = object(line, place);
    try {
      return item(json);
    } catch (IllegalArgumentException e) {
      throw failure(place + ": " + e.getMessage(), e);
    }
  }

  private static JsonNode object(String line, String place) throws SuiteException {
    JsonNode json;
    try {
      json = MAPPER.readTree(line);
    } catch (JacksonException e) {
      throw failure(place + ": expected one line of JSON: " + e.getOriginalMessage(), e);
    }
    if (!json.isObject()) {
      throw new SuiteException(place + ": expected a JSON object, found " + shown(json));
    }
    return json;
  }

  private static SuiteException failure(String message, Exception cause) {
    var failure = new SuiteException(message);
    failure.initCause(cause);
    return failure;
  }

  private static CapabilityItem item(JsonNode json) {
    Kind kind = kind(json);
    for (String name : json.propertyNames()) {
      if (!COMMON.contains(name) && !kind.fields().contains(name)) {
        throw new IllegalArgumentException(
            "field \"%s\" is not known beside \"%s\"".formatted(cut(name), kind.key));
      }
    }
    String id = string(json, "id");
    String capability = string(json, "capability");
    Task task =
        switch (kind) {
          case GENERATION ->
              new Task.Generation(string(json, "prompt"), string(json, "answer"), completion(json));
          case CHOICE ->
              new Task.Choice(
                  string(json, "prompt"),
                  strings(json, "choices"),
                  number(json, "right"),
                  metric(json, Metric.ACC));
          case CONTRAST ->
              new Task.Contrast(
                  json.has("prompt") ? string(json, "prompt") : "",
                  strings(json, "good"),
                  strings(json, "bad"),
                  metric(json, Metric.LOGPROB_DIFFERENCE));
          case TEXT -> new Task.Text(string(json, "text"), metric(json, Metric.BITS_PER_BYTE));
        };
    return new CapabilityItem(id, capability, task, split(json, task));
  }

  private static Kind kind(JsonNode json) {
    List<Kind> kinds = Arrays.stream(Kind.values()).filter(k -> json.has(k.key)).toList();
    if (kinds.size() > 1) {
      throw new IllegalArgumentException(
          "expected one of the fields \"%s\" and \"%s\", found both"
              .formatted(kinds.get(0).key, kinds.get(1).key));
    }
    return kinds.isEmpty() ? Kind.GENERATION : kinds.getFirst();
  }

  private static Split split(JsonNode json, Task task) {
    if (!json.has("split")) {
      return Split.of(task);
    }
    String label = string(json, "split");
    for (Split split : Split.values()) {
      if (split.label().equals(label)) {
        return split;
      }
    }
    throw new IllegalArgumentException(
        "field \"split\": expected one of %s, found \"%s\""
            .formatted(Arrays.stream(Split.values()).map(Split::label).toList(), cut(label)));
  }

  private static Metric metric(JsonNode json, Metric usual) {
    if (!json.has("metric")) {
      return usual;
    }
    String label = string(json, "metric");
    Optional<Metric> metric = Metric.of(label);
    return metric.orElseThrow(
        () ->
            new IllegalArgumentException(
                "field \"metric\": expected one of %s, found \"%s\""
                    .formatted(
                        Arrays.stream(Metric.values()).map(Metric::label).toList(), cut(label))));
  }

  private static Completion completion(JsonNode json) {
    if (!json.has("generation")) {
      return Completion.LINE;
    }
    JsonNode options = json.get("generation");
    if (!options.isObject()) {
      throw expected("generation", "an object", options);
    }
    for (String name : options.propertyNames()) {
      if (!Set.of("until", "max_tokens", "filters").contains(name)) {
        throw new IllegalArgumentException(
            "field \"%s\" is not known in \"generation\"".formatted(cut(name)));
      }
    }
    List<String> until = Completion.LINE.until();
    List<String> filters = options.has("filters") ? strings(options, "filters") : List.of();
    return new Completion(
        options.has("until") ? strings(options, "until") : until,
        options.has("max_tokens") ? number(options, "max_tokens") : 0,
        filters.stream().map(Filter::parse).toList());
  }

  private static String string(JsonNode json, String name) {
    JsonNode value = present(json, name);
    if (!value.isString()) {
      throw expected(name, "a string", value);
    }
    return value.stringValue();
  }

  private static int number(JsonNode json, String name) {
    JsonNode value = present(json, name);
    if (!value.isInt()) {
      throw expected(name, "a whole number", value);
    }
    return value.intValue();
  }

  /// {@return the texts of a list; a single text is a list of one}
  private static List<String> strings(JsonNode json, String name) {
    JsonNode value = present(json, name);
    if (value.isString()) {
      return List.of(value.stringValue());
    }
    if (!value.isArray()) {
      throw expected(name, "a list of strings", value);
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode text : value) {
      if (!text.isString()) {
        throw expected(name, "strings only", text);
      }
      texts.add(text.stringValue());
    }
    return texts;
  }

  private static JsonNode present(JsonNode json, String name) {
    JsonNode value = json.get(name);
    if (value == null) {
      throw new IllegalArgumentException("field \"" + name + "\" is missing");
    }
    return value;
  }

  private static IllegalArgumentException expected(String name, String what, JsonNode found) {
    return new IllegalArgumentException(
        "field \"%s\": expected %s, found %s".formatted(name, what, shown(found)));
  }

  private static String shown(JsonNode json) {
    return cut(json.toString());
  }

  private static String cut(String text) {
    return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "...";
  }

  /// {@return the line of an item, without its line break}
  ///
  /// @param item any item
  static String format(CapabilityItem item) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("id", item.id()).put("capability", item.capability());
    put(json, item.task());
    json.put("split", item.split().label());
    return json.toString();
  }

  /// {@return the texts of an item, whatever it is called and however it is measured}
  ///
  /// @param task any task
  static String content(Task task) {
    ObjectNode json = MAPPER.createObjectNode();
    put(json, task);
    json.remove(List.of("metric", "generation"));
    return json.toString();
  }

  private static void put(ObjectNode json, Task task) {
    switch (task) {
      case Task.Generation(String prompt, String answer, Completion completion) -> {
        json.put("prompt", prompt).put("answer", answer);
        if (!completion.equals(Completion.LINE)) {
          ObjectNode options = json.putObject("generation");
          put(options, "until", completion.until());
          options.put("max_tokens", completion.maxTokens());
          put(options, "filters", completion.filters().stream().map(Filter::toString).toList());
        }
      }
      case Task.Choice(String prompt, List<String> choices, int right, Metric metric) -> {
        json.put("prompt", prompt);
        put(json, "choices", choices);
        json.put("right", right).put("metric", metric.label());
      }
      case Task.Contrast(String prompt, List<String> good, List<String> bad, Metric metric) -> {
        json.put("prompt", prompt);
        put(json, "good", good);
        put(json, "bad", bad);
        json.put("metric", metric.label());
      }
      case Task.Text(String text, Metric metric) ->
          json.put("text", text).put("metric", metric.label());
    }
  }

  private static void put(ObjectNode json, String name, List<String> texts) {
    var array = json.putArray(name);
    texts.forEach(array::add);
  }
}
