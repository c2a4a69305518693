package ai.hartonomous.distill.pack;

import ai.hartonomous.distill.evaluate.Evidence;
import ai.hartonomous.distill.evaluate.Evidence.Answered;
import ai.hartonomous.distill.evaluate.Interval;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes `evidence.jsonl` as the package describes it.
final class EvidenceText {
  private static final JsonMapper JSON = new JsonMapper();

  private EvidenceText() {}

  static String of(Evidence evidence) {
    var text = new StringBuilder();
    text.append(settings(evidence.settings())).append('\n');
    text.append(removed(evidence.removed())).append('\n');
    evidence.kept().forEach(part -> text.append(part(part)).append('\n'));
    return text.toString();
  }

  static ObjectNode settings(Evidence.Settings settings) {
    ObjectNode json = JSON.createObjectNode();
    json.put("kind", "settings");
    json.put("method", Evidence.METHOD);
    json.put("seed", settings.seed());
    json.put("n", settings.items().size());
    ArrayNode items = json.putArray("items");
    settings.items().forEach(items::add);
    answered(json, "clean", settings.clean());
    answered(json, "baseline", settings.baseline());
    return json;
  }

  static ObjectNode removed(Evidence.Removed removed) {
    ObjectNode json = JSON.createObjectNode();
    json.put("kind", "removed");
    json.put("components", removed.components());
    answered(json, "clean", removed.clean());
    answered(json, "ablated", removed.ablated());
    json.put("effect", removed.effect());
    interval(json, "interval", removed.interval());
    return json;
  }

  static ObjectNode part(Evidence.Part part) {
    ObjectNode json = JSON.createObjectNode();
    json.put("kind", "kept");
    json.put("path", part.path());
    json.put("in_agent", part.inAgent());
    answered(json, "ablated", part.ablated());
    json.put("effect", part.effect());
    interval(json, "interval", part.interval());
    answered(json, "patched", part.patched());
    json.put("restored", part.restored());
    interval(json, "restored_interval", part.restoredInterval());
    return json;
  }

  private static void answered(ObjectNode json, String name, Answered answered) {
    ObjectNode node = json.putObject(name);
    node.put("loss", answered.loss());
    node.put("exact", answered.exact());
  }

  private static void interval(ObjectNode json, String name, Interval interval) {
    json.putArray(name).add(interval.low()).add(interval.high());
  }
}
