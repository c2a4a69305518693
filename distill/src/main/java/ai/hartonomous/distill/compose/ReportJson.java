package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.compose.CompositeReport.Bid;
import ai.hartonomous.distill.compose.CompositeReport.Carried;
import ai.hartonomous.distill.compose.CompositeReport.Expert;
import ai.hartonomous.distill.compose.CompositeReport.Routed;
import ai.hartonomous.distill.evaluate.ModelSize;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes the figures as the package describes them.
final class ReportJson {

  private ReportJson() {}

  static void put(ObjectNode json, CompositeReport report) {
    ObjectNode budget = json.putObject("budget");
    budget.put("max_components", report.maxComponents()).put("used", report.components());
    ArrayNode capabilities = json.putArray("capabilities");
    for (Carried carried : report.capabilities()) {
      ObjectNode entry = capabilities.addObject();
      entry.put("capability", carried.capability());
      entry.put("carried_by", carried.source());
      ArrayNode sources = entry.putArray("sources");
      carried.bids().forEach(bid -> bid(sources.addObject(), bid));
    }
    ArrayNode experts = json.putArray("experts");
    report.experts().forEach(expert -> expert(experts.addObject(), expert));
    Combination combination = report.combination();
    if (combination != null) {
      CombineText.put(json.putObject("combine"), combination);
    }
    report.accuracy().ifPresent(all -> routing(json.putObject("routing"), report, all));
  }

  private static void bid(ObjectNode json, Bid bid) {
    json.put("source", bid.source());
    if (bid.right() == null) {
      json.put("refusal", bid.refusal());
    } else {
      count(json, bid.right());
    }
  }

  private static void expert(ObjectNode json, Expert expert) {
    json.put("expert", expert.name());
    json.put("source", expert.source());
    ArrayNode capabilities = json.putArray("capabilities");
    expert.capabilities().forEach(capabilities::add);
    json.put("limit", expert.limit());
    size(json.putObject("source_size"), expert.report().source());
    size(json.putObject("agent_size"), expert.report().agent());
  }

  private static void size(ObjectNode json, ModelSize size) {
    json.put("components", size.components()).put("parameters", size.parameters());
    json.put("bytes", size.bytes());
  }

  private static void routing(ObjectNode json, CompositeReport report, Count all) {
    count(json, all);
    json.put("not_known", report.routing().stream().mapToInt(Routed::notKnown).sum());
    json.put("accuracy", all.share()).put("standard_error", all.standardError());
    ArrayNode capabilities = json.putArray("capabilities");
    for (Routed routed : report.routing()) {
      ObjectNode entry = capabilities.addObject();
      entry.put("capability", routed.capability());
      entry.put("expert", routed.expert());
      count(entry, routed.routed());
      entry.put("not_known", routed.notKnown());
      figure(entry.putObject("source"), routed.source());
      figure(entry.putObject("agent"), routed.agent());
    }
  }

  private static void figure(ObjectNode json, Count count) {
    count(json, count);
    json.put("exact_match", count.share()).put("standard_error", count.standardError());
  }

  private static void count(ObjectNode json, Count count) {
    json.put("n", count.items()).put("right", count.right());
  }
}
