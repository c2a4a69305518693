package ai.hartonomous.platform.contract;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Makes bodies from schemas and breaks them.
final class BrokenBodies {

  private static final JsonMapper JSON = JsonMapper.shared();

  /// What no schema wants, as JSON.
  private static final List<String> STRANGE =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "1e400",
          "-0.0",
          "2147483648",
          "9223372036854775808",
          "123456789012345678901234567890",
          "\"\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"\\ud83d\\ude00\"",
          "\"a\\u0301\\u202e\"",
          "\"'; drop table model; --\"",
          "\"${jndi:ldap://x}\"",
          "[]",
          "{}",
          "[[]]",
          "[null]",
          "{\"\":{}}",
          "\"" + "x".repeat(70_000) + "\"",
          "[".repeat(100) + "]".repeat(100));

  private static final List<String> NOT_JSON =
      List.of(
          "",
          " ",
          "{",
          "}",
          "nonsense",
          "{\"a\":1,}",
          "{\"a\":1}{\"a\":1}",
          "\ufeff{}",
          "NaN",
          "'a'",
          "[".repeat(3000),
          "{\"a\":".repeat(1500),
          "\"" + "y".repeat(1_100_000) + "\"",
          "1".repeat(5000));

  private final SchemaSamples samples;
  private final Belongings owned;
  private final SplittableRandom random;

  BrokenBodies(SchemaSamples samples, Belongings owned, SplittableRandom random) {
    this.samples = samples;
    this.owned = owned;
    this.random = random;
  }

  /// {@return a body of a media type}
  String of(String type, JsonNode schema) {
    if (!type.contains("json")) {
      return random.nextBoolean() ? anything() : "";
    }
    if (chance(10)) {
      return anything();
    }
    return json(samples.resolve(schema), "", chance(25) ? 0 : 12);
  }

  /// {@return a body that is made from no schema}
  String anything() {
    return chance(50) ? pick(NOT_JSON) : pick(STRANGE);
  }

  /// {@return a value for a parameter}
  String text(JsonNode schema) {
    String json = json(schema, "", 0);
    return json.startsWith("\"") ? JSON.readTree(json).asString() : json;
  }

  /// {@return JSON of a schema}
  ///
  /// @param broken share of the values that are not what the schema wants, in percent
  private String json(JsonNode schema, String field, int broken) {
    if (chance(broken)) {
      return pick(STRANGE);
    }
    return switch (schema.path("type").asString("")) {
      case "object" -> object(schema, broken);
      case "array" -> array(schema, field, broken);
      case "integer" -> Long.toString((long) number(schema, 1_000));
      case "number" -> Double.toString(number(schema, 1));
      case "boolean" -> Boolean.toString(random.nextBoolean());
      case "string" -> JSON.writeValueAsString(word(schema, field));
      default -> pick(STRANGE.subList(0, 20));
    };
  }

  private String object(JsonNode schema, int broken) {
    Map<String, String> fields = new LinkedHashMap<>();
    List<String> required = schema.path("required").valueStream().map(JsonNode::asString).toList();
    schema
        .path("properties")
        .forEachEntry(
            (name, said) -> {
              if (required.contains(name) ? !chance(broken / 2) : chance(50)) {
                fields.put(name, json(samples.resolve(said), name, broken));
              }
            });
    if (chance(broken)) {
      fields.put("unknown", pick(STRANGE));
    }
    var text = new StringBuilder("{");
    fields.forEach(
        (name, value) ->
            text.append(text.length() > 1 ? "," : "")
                .append(JSON.writeValueAsString(name))
                .append(':')
                .append(value));
    return text.append('}').toString();
  }

  private String array(JsonNode schema, String field, int broken) {
    int least = schema.path("minItems").asInt(0);
    int count = Math.max(least, random.nextInt(3));
    if (chance(broken)) {
      count = pick(Arrays.asList(0, least == 0 ? 0 : least - 1, 60));
    }
    List<String> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(json(samples.resolve(schema.path("items")), field, broken));
    }
    return "[" + String.join(",", items) + "]";
  }

  private double number(JsonNode schema, int usual) {
    double least = schema.path("minimum").asDouble(0);
    double most = schema.path("maximum").asDouble(least + usual);
    return switch (random.nextInt(4)) {
      case 0 -> least;
      case 1 -> most;
      default -> least + random.nextDouble() * (most - least);
    };
  }

  private String word(JsonNode schema, String field) {
    if (schema.has("enum")) {
      return schema.path("enum").get(random.nextInt(schema.path("enum").size())).asString();
    }
    String known = owned.ofField(field);
    if (known != null && chance(80)) {
      return known;
    }
    if (schema.path("format").asString("").equals("uuid")) {
      return new UUID(random.nextLong(), random.nextLong()).toString();
    }
    int most = schema.path("maxLength").asInt(40);
    int length = chance(10) ? most : 1 + random.nextInt(Math.clamp(most, 1, 20));
    return "\u00e9a b\ud83d\ude00c"
        .repeat(length / 7 + 1)
        .substring(0, length)
        .replaceAll("\ud83d$", "x");
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private <T> T pick(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
