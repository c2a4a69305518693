package ai.hartonomous.model.constrain;

import java.util.SplittableRandom;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Schemas from a seed, with every keyword that constrained decoding keeps.
final class RandomSchemas {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String[] NAMES = {
    "name", "age", "a b", "größe", "x\"y", "", "tags", "child", "价格", "to\tdo"
  };

  private static final String[] PATTERNS = {
    "^[a-z]{2,4}$", "[0-9]", "^(a|b\\d)+$", "^[^a-z]{3}", "\\.(png|jpg)$", "^\\w+@\\w+$", "^.?$"
  };
  private static final String[] FORMATS = {"date", "uuid", "ipv4", "email", "date-time"};

  private final SplittableRandom random;
  private boolean refers;

  private RandomSchemas(long seed) {
    random = new SplittableRandom(seed);
  }

  /// {@return the schema of a seed}
  static ObjectNode of(long seed) {
    var schemas = new RandomSchemas(seed);
    ObjectNode root = schemas.object(3);
    if (schemas.refers) {
      root.putObject("$defs").set("node", schemas.definition());
    }
    return root;
  }

  private boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  private ObjectNode schema(int depth) {
    return switch (random.nextInt(depth == 0 ? 6 : 12)) {
      case 0 -> string();
      case 1 -> number("integer");
      case 2 -> number("number");
      case 3 -> JSON.objectNode().put("type", chance(2) ? "boolean" : "null");
      case 4 -> listed();
      case 5 -> union();
      case 6, 7 -> array(depth - 1);
      case 8 -> anyOf(depth - 1);
      case 9 -> {
        refers = true;
        yield JSON.objectNode().put("$ref", "#/$defs/node");
      }
      case 10 -> JSON.objectNode();
      default -> object(depth - 1);
    };
  }

  private ObjectNode string() {
    ObjectNode schema = JSON.objectNode().put("type", "string");
    if (chance(5)) {
      return schema.put("pattern", PATTERNS[random.nextInt(PATTERNS.length)]);
    }
    if (chance(8)) {
      return schema.put("format", FORMATS[random.nextInt(FORMATS.length)]);
    }
    int least = random.nextInt(4);
    if (chance(2)) {
      schema.put("minLength", least);
    }
    if (chance(2)) {
      schema.put("maxLength", least + random.nextInt(6));
    }
    return schema;
  }

  private ObjectNode number(String type) {
    ObjectNode schema = JSON.objectNode().put("type", type);
    int least = random.nextInt(-1200, 1200);
    if (chance(2)) {
      schema.put(chance(2) ? "minimum" : "exclusiveMinimum", least);
    }
    if (chance(2)) {
      schema.put(chance(2) ? "maximum" : "exclusiveMaximum", least + random.nextInt(2, 500));
    }
    return schema;
  }

  private ObjectNode listed() {
    ObjectNode schema = JSON.objectNode();
    if (chance(3)) {
      return schema.put("const", NAMES[random.nextInt(NAMES.length)]);
    }
    ArrayNode values = schema.putArray("enum");
    for (int i = random.nextInt(1, 5); i > 0; i--) {
      switch (random.nextInt(5)) {
        case 0 -> values.add(random.nextInt(-99, 99));
        case 1 -> values.add(random.nextInt(99) / 8.0);
        case 2 -> values.addNull();
        case 3 -> values.addArray().add(true);
        default -> values.add(NAMES[random.nextInt(NAMES.length)]);
      }
    }
    return schema;
  }

  private ObjectNode union() {
    ObjectNode schema = JSON.objectNode().put("maxLength", random.nextInt(4));
    schema.putArray("type").add("string").add("null");
    return schema;
  }

  private ObjectNode array(int depth) {
    ObjectNode schema = JSON.objectNode().put("type", "array");
    schema.set("items", schema(depth));
    int least = random.nextInt(3);
    if (chance(2)) {
      schema.put("minItems", least);
    }
    if (chance(2)) {
      schema.put("maxItems", least + random.nextInt(3));
    }
    return schema;
  }

  private ObjectNode anyOf(int depth) {
    ObjectNode schema = JSON.objectNode();
    ArrayNode parts = schema.putArray("anyOf");
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      parts.add(schema(depth));
    }
    return schema;
  }

  private ObjectNode object(int depth) {
    ObjectNode schema = JSON.objectNode().put("type", "object");
    if (chance(6)) {
      schema.set("additionalProperties", schema(depth));
      return schema;
    }
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = schema.putArray("required");
    for (int i = random.nextInt(5); i > 0; i--) {
      String name = NAMES[random.nextInt(NAMES.length)];
      if (!properties.has(name)) {
        properties.set(name, schema(depth));
        if (!chance(3)) {
          required.add(name);
        }
      }
    }
    if (chance(8)) {
      required.add("other");
    } else if (!chance(4)) {
      schema.put("additionalProperties", false);
    }
    return schema;
  }

  /// A list of itself.
  private ObjectNode definition() {
    ObjectNode schema = JSON.objectNode().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    properties.putObject("value").put("type", "integer");
    ArrayNode next = properties.putObject("next").putArray("anyOf");
    next.addObject().put("$ref", "#/$defs/node");
    next.addObject().put("type", "null");
    schema.putArray("required").add("value").add("next");
    schema.put("additionalProperties", false);
    return schema;
  }
}
