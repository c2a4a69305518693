package ai.hartonomous.model.constrain;

import ai.hartonomous.model.constrain.Form.Repeat;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Makes forms of a JSON schema, of the part of the language that OpenAI documents for structured
/// outputs. What is written is always allowed by the schema, but not all that it allows is written:
/// the members of an object come in the order of `properties`, and no others where there are
/// `properties`. Source: JSON Schema 2020-12, Core and Validation.
final class SchemaForms {

  private static final int MOST_SCHEMAS = 5_000;
  private static final int MOST_DEPTH = 64;

  private static final Set<String> REMARKS =
      Set.of(
          "$schema",
          "$id",
          "$comment",
          "$defs",
          "definitions",
          "title",
          "description",
          "default",
          "examples",
          "deprecated",
          "readOnly",
          "writeOnly");

  private final Forms forms;
  private final JsonForms json;
  private final Numbers numbers;
  private final JsonNode document;
  private final Map<String, Integer> rules = new HashMap<>(); // by pointer
  private int schemas;
  private int depth;

  SchemaForms(Forms forms, JsonForms json, JsonNode document) {
    this.forms = forms;
    this.json = json;
    numbers = new Numbers(forms, json);
    this.document = document;
  }

  /// A schema on its way: what was not looked at in the end is not supported.
  private record Part(JsonNode schema, String place) {

    SchemaException fault(String problem) {
      return new SchemaException(place, problem);
    }

    Part child(String name) {
      return child(name, schema.get(name));
    }

    Part child(String name, JsonNode child) {
      String escaped = name.replace("~", "~0").replace("/", "~1");
      return new Part(child, place + "/" + escaped);
    }

    /// Refuses every keyword that is neither a remark nor one of these.
    void allow(String... keywords) throws SchemaException {
      List<String> allowed = List.of(keywords);
      for (String keyword : schema.propertyNames()) {
        if (!REMARKS.contains(keyword) && !allowed.contains(keyword)) {
          String beside = allowed.isEmpty() ? "" : " here, beside " + allowed.getFirst() + ",";
          throw fault("the keyword '%s'%s is not supported".formatted(keyword, beside));
        }
      }
    }

    int count(String keyword, int otherwise) throws SchemaException {
      JsonNode value = schema.get(keyword);
      if (value == null) {
        return otherwise;
      }
      boolean whole = value.isIntegralNumber() && value.canConvertToInt();
      if (!whole || value.asInt() < 0) {
        throw fault(keyword + " must be a whole number from 0 to 2147483647");
      }
      return value.asInt();
    }
  }

  int root() throws SchemaException {
    return reference("#", new Part(document, ""));
  }

  private int reference(String pointer, Part target) throws SchemaException {
    Integer known = rules.get(pointer);
    if (known != null) {
      return forms.named(known);
    }
    int rule = forms.newRule();
    rules.put(pointer, rule);
    forms.define(rule, value(target));
    return forms.named(rule);
  }

  private int value(Part part) throws SchemaException {
    if (++schemas > MOST_SCHEMAS || depth >= MOST_DEPTH) {
      throw part.fault(
          "more than %d schemas, or deeper than %d".formatted(MOST_SCHEMAS, MOST_DEPTH));
    }
    depth++;
    int form = inner(part);
    depth--;
    return form;
  }

  private int inner(Part part) throws SchemaException {
    JsonNode schema = part.schema();
    if (schema.isBoolean()) {
      return schema.asBoolean() ? json.value() : Forms.NOTHING;
    }
    if (!schema.isObject()) {
      throw part.fault("a schema must be an object or a boolean");
    }
    if (schema.has("$ref")) {
      part.allow("$ref");
      return referred(part);
    }
    if (schema.has("anyOf")) {
      part.allow("anyOf");
      return anyOf(part);
    }
    if (schema.has("enum") || schema.has("const")) {
      part.allow("enum", "const", "type");
      return listed(part);
    }
    int all = Forms.NOTHING;
    for (String type : types(part)) {
      all = forms.choice(all, typed(type, part));
    }
    return all;
  }

  private int referred(Part part) throws SchemaException {
    String reference = part.schema().path("$ref").asString("");
    if (!reference.startsWith("#")) {
      throw part.fault("$ref must begin with #: only this document is read");
    }
    try {
      String pointer = URLDecoder.decode(reference.substring(1), StandardCharsets.UTF_8);
      JsonNode target = document.at(JsonPointer.compile(pointer));
      if (target.isMissingNode()) {
        throw part.fault("there is no '%s'".formatted(reference));
      }
      return reference("#" + pointer, new Part(target, pointer));
    } catch (IllegalArgumentException _) { // what both parsers throw
      throw part.fault("$ref must be # or #/ and a path, not '%s'".formatted(reference));
    }
  }

  private int anyOf(Part part) throws SchemaException {
    Part list = part.child("anyOf");
    if (!list.schema().isArray() || list.schema().isEmpty()) {
      throw part.fault("anyOf must be a list of schemas");
    }
    int all = Forms.NOTHING;
    for (int i = 0; i < list.schema().size(); i++) {
      all = forms.choice(all, value(list.child(Integer.toString(i), list.schema().get(i))));
    }
    return all;
  }

  /// {@return the values that `enum` and `const` both list, of the types that `type` names}
  private int listed(Part part) throws SchemaException {
    JsonNode schema = part.schema();
    JsonNode values = schema.get("enum");
    JsonNode constant = schema.get("const");
    if (values == null) {
      values = JsonNodeFactory.instance.arrayNode().add(constant);
    }
    if (!values.isArray()) {
      throw part.fault("enum must be a list of values");
    }
    List<String> types = types(part);
    List<Integer> texts = new ArrayList<>();
    for (JsonNode value : values) {
      if (!Numbers.isFinite(value)) {
        throw part.fault("enum and const must hold numbers of a double's size");
      }
      boolean fits = constant == null || constant.equals(value);
      if (fits && (!schema.has("type") || types.stream().anyMatch(it -> is(value, it)))) {
        texts.add(forms.literal(value.toString()));
      }
    }
    return forms.choice(texts.stream().mapToInt(Integer::intValue).toArray());
  }

  private static boolean is(JsonNode value, String type) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isString();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      case "number" -> value.isNumber();
      default -> value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
    };
  }

  /// {@return the types that are named, or those that the keywords are about, or `any`}
  private static List<String> types(Part part) throws SchemaException {
    JsonNode type = part.schema().get("type");
    if (type == null) {
      return List.of(guessed(part.schema()).orElse("any"));
    }
    List<String> types = new ArrayList<>();
    for (JsonNode name : type.isArray() ? type : List.of(type)) {
      types.add(name.asString("of another kind"));
    }
    return types;
  }

  private static Optional<String> guessed(JsonNode schema) {
    Map<String, List<String>> keywords =
        Map.of(
            "object", List.of("properties", "required", "additionalProperties"),
            "array", List.of("items", "minItems", "maxItems"),
            "string", List.of("minLength", "maxLength", "pattern", "format"),
            "number", List.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"));
    return List.of("object", "array", "string", "number").stream()
        .filter(type -> keywords.getOrDefault(type, List.of()).stream().anyMatch(schema::has))
        .findFirst();
  }

  private int typed(String type, Part part) throws SchemaException {
    part.allow(
        "type",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "minItems",
        "maxItems",
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum");
    return switch (type) {
      case "object" -> object(part);
      case "array" -> array(part);
      case "string" -> string(part);
      case "integer" -> numbers.integer(Numbers.Range.of(part.schema(), part.place()));
      case "number" -> numbers.number(Numbers.Range.of(part.schema(), part.place()));
      case "boolean" -> json.bool();
      case "null" -> forms.literal("null");
      case "any" -> json.value();
      default -> throw part.fault("there is no type '%s'".formatted(type));
    };
  }

  private int string(Part part) throws SchemaException {
    JsonNode schema = part.schema();
    if (schema.has("format")) {
      part.allow("format", "type");
      String name = schema.get("format").asString("");
      String pattern = Formats.PATTERNS.get(name);
      if (pattern == null) {
        throw part.fault("the format '%s' is not supported".formatted(name));
      }
      return new PatternForms(forms, pattern, part.place()).string();
    }
    if (schema.has("pattern")) {
      part.allow("pattern", "type");
      String pattern = schema.get("pattern").asString("");
      return new PatternForms(forms, pattern, part.place()).string();
    }
    return json.string(part.count("minLength", 0), part.count("maxLength", Repeat.EVER));
  }

  private int array(Part part) throws SchemaException {
    int item = part.schema().has("items") ? value(part.child("items")) : json.value();
    return json.array(item, part.count("minItems", 0), part.count("maxItems", Repeat.EVER));
  }

  /// A member of an object.
  private record Member(int form, boolean required) {}

  private int object(Part part) throws SchemaException {
    JsonNode properties = part.schema().path("properties");
    JsonNode required = part.schema().path("required");
    if (!(properties.isMissingNode() || properties.isObject())
        || !(required.isMissingNode() || required.isArray())) {
      throw part.fault("properties must be an object, and required a list");
    }
    JsonNode others = part.schema().path("additionalProperties");
    List<String> names = new ArrayList<>();
    required.forEach(name -> names.add(name.asString("")));
    List<Member> members = new ArrayList<>();
    for (String name : properties.propertyNames()) {
      Part member = part.child("properties").child(name, properties.get(name));
      members.add(new Member(member(name, value(member)), names.contains(name)));
    }
    int other = others.isMissingNode() ? json.value() : value(part.child("additionalProperties"));
    for (String name : List.copyOf(new LinkedHashSet<>(names))) {
      if (!properties.has(name)) {
        members.add(new Member(member(name, other), true));
      }
    }
    if (members.isEmpty()) {
      return other == Forms.NOTHING ? forms.literal("{}") : json.object(other);
    }
    return forms.sequence(forms.literal("{"), inOrder(members), forms.literal("}"));
  }

  private int member(String name, int value) {
    String key = JsonNodeFactory.instance.stringNode(name) + ":";
    return forms.sequence(forms.literal(key), json.space(), value);
  }

  /// {@return the members of an object, in their order}
  private int inOrder(List<Member> members) {
    int first = Forms.EMPTY; // from this member on, where none was written yet
    int later = Forms.EMPTY; // where one was
    for (Member member : members.reversed()) {
      int with = forms.sequence(member.form(), later);
      int next = forms.sequence(json.comma(), with);
      first = member.required() ? with : forms.choice(with, first);
      later = member.required() ? next : forms.choice(next, later);
    }
    return first;
  }
}
