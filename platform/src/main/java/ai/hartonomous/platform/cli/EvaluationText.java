package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.evaluate.Estimate;
import ai.hartonomous.interpret.evaluate.EvaluationReport;
import ai.hartonomous.interpret.evaluate.EvaluationReport.CoderReport;
import ai.hartonomous.interpret.evaluate.EvaluationReport.Effect;
import ai.hartonomous.interpret.evaluate.Reconstruction;
import ai.hartonomous.interpret.evaluate.Recovery;
import ai.hartonomous.interpret.evaluate.Sparsity;
import ai.hartonomous.interpret.evaluate.Stability;
import ai.hartonomous.interpret.evaluate.Substitution;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What `transcoder evaluate` prints.
final class EvaluationText {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String ROW =
      "%-26s %7s %8s %7s %6s %4s %4s %6s %6s %6s %8s %8s %7s %8s %6s %6s %6s";

  private EvaluationText() {}

  /// Whether latents mean anything: the one of a linear map is never active.
  private enum Kind {
    CODERS,
    LINEAR_MAPS
  }

  static ObjectNode json(EvaluationReport report, @Nullable EvaluationReport linear) {
    ObjectNode json = NODES.objectNode();
    json.put("tokens", report.tokens());
    json.put("sequences", report.sequences());
    json.put("predictions", report.predictions());
    if (report.clean() != null) {
      json.set("clean", json(report.clean()));
    }
    putCoders(json, report, Kind.CODERS);
    if (linear != null) {
      putCoders(json.putObject("linear_maps"), linear, Kind.LINEAR_MAPS);
    }
    return json;
  }

  private static void putCoders(ObjectNode json, EvaluationReport report, Kind kind) {
    ArrayNode coders = json.putArray("coders");
    for (CoderReport coder : report.coders()) {
      ObjectNode one = coders.addObject();
      one.put("reads", coder.coder().reads().path());
      one.put("writes", coder.coder().writes().path());
      one.set("reconstruction", json(coder.reconstruction()));
      if (kind == Kind.CODERS) {
        one.set("sparsity", json(coder.sparsity()));
      }
      if (coder.effect() != null) {
        one.set("effect", json(coder.effect()));
      }
    }
    if (report.together() != null) {
      json.set("together", json(report.together()));
    }
  }

  private static ObjectNode json(Reconstruction reconstruction) {
    ObjectNode json = NODES.objectNode();
    put(json, "explained_variance", reconstruction.explainedVariance());
    put(json, "fvu", reconstruction.fvu());
    put(json, "cosine", reconstruction.cosine());
    put(json, "norm_ratio", reconstruction.normRatio());
    put(json, "relative_error", reconstruction.relativeError());
    return json;
  }

  private static ObjectNode json(Sparsity sparsity) {
    ObjectNode json = NODES.objectNode();
    json.put("latents", sparsity.latents());
    json.put("tokens", sparsity.tokens());
    put(json, "l0", sparsity.l0());
    json.put("l0_median", sparsity.medianL0());
    json.put("l0_95_percent", sparsity.highL0());
    json.put("dead", sparsity.dead());
    json.putObject("frequency_bands")
        .put("below_1e-7", sparsity.bands().below1e7())
        .put("below_1e-6", sparsity.bands().below1e6())
        .put("below_1e-5", sparsity.bands().below1e5())
        .put("above_1e-2", sparsity.bands().above1e2())
        .put("above_1e-1", sparsity.bands().above1e1());
    ArrayNode bins = json.putArray("log10_frequency_histogram");
    for (Sparsity.Bin bin : sparsity.histogram()) {
      bins.addObject().put("from", bin.from()).put("to", bin.to()).put("latents", bin.latents());
    }
    return json;
  }

  private static ObjectNode json(Effect effect) {
    ObjectNode json = json(effect.substitution());
    if (effect.zero() != null) {
      json.set("zero_ablation", json(effect.zero()));
    }
    if (effect.mean() != null) {
      json.set("mean_ablation", json(effect.mean()));
    }
    return json;
  }

  private static ObjectNode json(Recovery recovery) {
    ObjectNode json = json(recovery.ablated());
    put(json, "cross_entropy_recovered", recovery.crossEntropy());
    put(json, "divergence_recovered", recovery.divergence());
    return json;
  }

  private static ObjectNode json(Substitution substitution) {
    ObjectNode json = NODES.objectNode();
    put(json, "cross_entropy", substitution.crossEntropy());
    put(json, "cross_entropy_mean_of_sequences", substitution.perSequence());
    put(json, "cross_entropy_increase", substitution.increase());
    put(json, "divergence", substitution.divergence());
    put(json, "top_1_agreement", substitution.agreement());
    return json;
  }

  /// What was not measured is null.
  private static void put(ObjectNode json, String name, Estimate estimate) {
    ObjectNode pair = json.putObject(name);
    put(pair, "value", estimate.value());
    put(pair, "standard_error", estimate.standardError());
  }

  private static void put(ObjectNode json, String name, double number) {
    if (Double.isFinite(number)) {
      json.put(name, number);
    } else {
      json.putNull(name);
    }
  }

  static void put(ObjectNode json, Map<String, Stability> stabilities) {
    if (stabilities.isEmpty()) {
      return;
    }
    ObjectNode all = json.putObject("stability");
    stabilities.forEach(
        (place, stability) -> {
          ObjectNode one = all.putObject(place);
          put(one.putObject("encoder"), stability.encoder());
          put(one.putObject("decoder"), stability.decoder());
        });
  }

  private static void put(ObjectNode json, Stability.Side side) {
    json.put("latents", side.latents());
    put(json, "mean_best_cosine", side.meanBestCosine());
    put(json, "share_found", side.shareFound());
  }

  static List<String> lines(Map<String, Stability> stabilities) {
    List<String> lines = new ArrayList<>();
    if (!stabilities.isEmpty()) {
      lines.add("");
      lines.add("latents that the other seed has found too: mean best cosine, share above 0.7");
    }
    stabilities.forEach(
        (place, stability) ->
            lines.add(
                "%-26s encoder %s, %s; decoder %s, %s"
                    .formatted(
                        place,
                        number(3, stability.encoder().meanBestCosine()),
                        number(3, stability.encoder().shareFound()),
                        number(3, stability.decoder().meanBestCosine()),
                        number(3, stability.decoder().shareFound()))));
    return lines;
  }

  static List<String> table(EvaluationReport report, @Nullable EvaluationReport linear) {
    List<String> lines = head(report);
    addRows(lines, report, Kind.CODERS);
    if (linear != null) {
      lines.add("best linear maps");
      addRows(lines, linear, Kind.LINEAR_MAPS);
    }
    lines.add("");
    lines.add(
        "CE(seq): mean of the sequences' means; +CE: increase over the model itself; dead: active in"
            + " none of these tokens;");
    lines.add(
        "r.zero, r.mean: share of the increase under zero and mean ablation that the coder recovers");
    return lines;
  }

  private static List<String> head(EvaluationReport report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%,d tokens of %,d sequences, %,d of them predicted; ± is the standard error over sequences"
            .formatted(report.tokens(), report.sequences(), report.predictions()));
    Substitution clean = report.clean();
    if (clean != null) {
      lines.add(
          "the model itself: %.4f ± %.4f nats a token; mean of the sequences' means %.5f"
              .formatted(
                  clean.crossEntropy().value(),
                  clean.crossEntropy().standardError(),
                  clean.perSequence().value()));
    }
    lines.add("");
    Object[] titles = {
      "coder",
      "latents",
      "expl.var",
      "±",
      "L0",
      "med",
      "95%",
      "dead",
      "cosine",
      "norm",
      "CE",
      "CE(seq)",
      "+CE",
      "KL",
      "top-1",
      "r.zero",
      "r.mean"
    };
    lines.add(ROW.formatted(titles));
    return lines;
  }

  private static void addRows(List<String> lines, EvaluationReport report, Kind kind) {
    boolean linear = kind == Kind.LINEAR_MAPS;
    for (CoderReport coder : report.coders()) {
      Reconstruction found = coder.reconstruction();
      Sparsity sparsity = coder.sparsity();
      List<Object> cells =
          new ArrayList<>(
              List.of(
                  coder.coder().writes().path(),
                  linear ? "-" : sparsity.latents(),
                  number(4, found.explainedVariance().value()),
                  number(4, found.explainedVariance().standardError()),
                  linear ? "-" : number(1, sparsity.l0().value()),
                  linear ? "-" : sparsity.medianL0(),
                  linear ? "-" : sparsity.highL0(),
                  linear ? "-" : sparsity.dead(),
                  number(3, found.cosine().value()),
                  number(3, found.normRatio().value())));
      cells.addAll(cells(coder.effect()));
      lines.add(ROW.formatted(cells.toArray()).stripTrailing());
    }
    if (report.together() != null) {
      List<Object> cells = new ArrayList<>(List.of("all MLPs", "", "", "", "", "", "", "", "", ""));
      cells.addAll(cells(report.together()));
      lines.add(ROW.formatted(cells.toArray()).stripTrailing());
    }
  }

  private static List<Object> cells(@Nullable Effect effect) {
    if (effect == null) {
      return List.of("", "", "", "", "", "", "");
    }
    Substitution found = effect.substitution();
    return List.of(
        number(4, found.crossEntropy().value()),
        number(5, found.perSequence().value()),
        number(4, found.increase().value()),
        number(5, found.divergence().value()),
        number(3, found.agreement().value()),
        recovered(effect.zero()),
        recovered(effect.mean()));
  }

  private static String recovered(@Nullable Recovery recovery) {
    return recovery == null ? "" : number(3, recovery.crossEntropy().value());
  }

  private static String number(int digits, double value) {
    return Double.isFinite(value) ? ("%." + digits + "f").formatted(value) : "-";
  }
}
