package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.importance.ComponentMeans;
import ai.hartonomous.distill.importance.ComponentScores;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.importance.GradientImportance;
import ai.hartonomous.interpret.probe.Component;
import ai.hartonomous.interpret.probe.Component.Kind;
import ai.hartonomous.interpret.probe.Probe;
import ai.hartonomous.interpret.probe.ProbeSpace;
import ai.hartonomous.interpret.probe.ProbeTexts;
import ai.hartonomous.interpret.probe.ResponseMeter;
import ai.hartonomous.interpret.probe.Responses;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Transformer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Does searching with a skill's items find the components that the skill depends on? The truth is
/// what gradient attribution says on the calibration items; the search sees the held-out items
/// only.
final class SkillCheck {
  /// Share of the components of a kind that count as the right ones.
  static final double SHARE = 0.1;

  private static final int TRUTH_ITEMS = 100;
  private static final int QUERY_ITEMS = 50;

  private final Transformer transformer;
  private final Tokenizer tokenizer;
  private final List<CapabilitySuite> suites;
  private final ResponseMeter meter;
  private final long seed;

  SkillCheck(
      Transformer transformer, Tokenizer tokenizer, List<CapabilitySuite> suites, long seed) {
    this.transformer = transformer;
    this.tokenizer = tokenizer;
    this.suites = suites;
    this.seed = seed;
    meter = new ResponseMeter(transformer, List.of(), ResponseMeter.leading(tokenizer));
  }

  /// One ranking against one truth.
  ///
  /// @param suite capability
  /// @param kind heads or neurons
  /// @param truth `important`: the tenth with the largest attribution; `specific`: the tenth whose
  ///   attribution exceeds the mean of the other suites' the most
  /// @param method `probe`: cosine in the probe space; `contrast`: the same, with the suite's query
  ///   less the mean of the other suites'; `response`: the mean standardised response to the items
  ///   itself; `weights`: cosine of randomly projected weights and residuals; `random`
  /// @param score the result
  record Entry(String suite, Kind kind, String truth, String method, RankScore score) {}

  List<Entry> run() throws InterruptedException {
    List<String> probes = ProbeTexts.standard().stream().map(Probe::text).toList();
    List<int[]> probeIds = ProbeEmbedCommand.encoded(probes, tokenizer);
    var space = new ProbeSpace(meter.measure(probeIds, done -> {}));
    List<double[]> attributions = attributions();
    var weights = new WeightProjection(transformer, probeIds, seed);
    List<Entry> entries = new ArrayList<>();
    List<Responses> all = new ArrayList<>();
    List<float[]> queries = new ArrayList<>();
    for (CapabilitySuite suite : suites) {
      all.add(meter.measure(encoded(suite), done -> {}));
      queries.add(space.embed(all.getLast()));
    }
    for (int s = 0; s < suites.size(); s++) {
      List<int[]> items = encoded(suites.get(s));
      Map<String, double[]> rankings = new LinkedHashMap<>();
      rankings.put("probe", space.cosines(queries.get(s)));
      rankings.put("contrast", space.cosines(contrast(queries, s)));
      rankings.put("response", responses(space, all.get(s)));
      rankings.put("weights", weights.cosines(items));
      rankings.put(
          "random", new SplittableRandom(seed + s).doubles(space.components().size()).toArray());
      Map<String, double[]> truths = new LinkedHashMap<>();
      truths.put("important", attributions.get(s));
      truths.put("specific", specific(attributions, s));
      String suite = suites.get(s).capabilities().getFirst();
      truths.forEach(
          (truth, values) ->
              rankings.forEach(
                  (method, ranking) -> {
                    for (Kind kind : List.of(Kind.HEAD, Kind.NEURON)) {
                      RankScore score = score(space.components(), kind, values, ranking);
                      entries.add(new Entry(suite, kind, truth, method, score));
                    }
                  }));
    }
    return entries;
  }

  private List<int[]> encoded(CapabilitySuite suite) {
    return ProbeEmbedCommand.encoded(queryTexts(suite), tokenizer);
  }

  /// {@return a suite's query less the mean of the others'}
  private static float[] contrast(List<float[]> queries, int suite) {
    float[] result = queries.get(suite).clone();
    for (int s = 0; s < queries.size(); s++) {
      for (int p = 0; p < result.length && s != suite; p++) {
        result[p] -= queries.get(s)[p] / (queries.size() - 1);
      }
    }
    return result;
  }

  private static List<String> queryTexts(CapabilitySuite suite) {
    return suite.items(Split.HELD_OUT).stream()
        .limit(QUERY_ITEMS)
        .map(item -> item.prompt() + item.answer())
        .toList();
  }

  private static double[] responses(ProbeSpace space, Responses items) {
    double[] means = new double[items.values().length];
    for (int c = 0; c < means.length; c++) {
      for (float value : items.values()[c]) {
        means[c] += space.standardised(c, value) / items.texts();
      }
    }
    return means;
  }

  private static RankScore score(
      List<Component> components, Kind kind, double[] values, double[] ranking) {
    int[] chosen =
        IntStream.range(0, components.size())
            .filter(c -> components.get(c).kind() == kind)
            .toArray();
    double[] truth = new double[chosen.length];
    double[] scores = new double[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      truth[i] = values[chosen[i]];
      scores[i] = ranking[chosen[i]];
    }
    return RankScore.of(scores, RankScore.largest(truth, SHARE));
  }

  private static double[] specific(List<double[]> attributions, int suite) {
    double[] result = attributions.get(suite).clone();
    for (int s = 0; s < attributions.size(); s++) {
      for (int c = 0; c < result.length && s != suite; c++) {
        result[c] -= attributions.get(s)[c] / (attributions.size() - 1);
      }
    }
    return result;
  }

  /// {@return attribution of every component, for each suite; what a component deviates from is its
  /// mean over the items of all suites}
  private List<double[]> attributions() throws InterruptedException {
    List<List<Example>> examples = new ArrayList<>();
    for (CapabilitySuite suite : suites) {
      List<Example> of = new ArrayList<>();
      for (CapabilityItem item :
          suite.items(Split.CALIBRATION).stream().limit(TRUTH_ITEMS).toList()) {
        of.add(Example.of(tokenizer.encodePrompt(item.prompt()), tokenizer.encode(item.answer())));
      }
      examples.add(of);
    }
    ComponentMeans means =
        ComponentMeans.measure(transformer, examples.stream().flatMap(List::stream).toList());
    List<double[]> result = new ArrayList<>();
    for (List<Example> of : examples) {
      result.add(flat(new GradientImportance(transformer).measure(of, means)));
    }
    return result;
  }

  /// {@return heads of all layers, then neurons of all layers: the order of responses}
  private double[] flat(ComponentScores scores) {
    double[] flat = new double[meter.components().size()];
    int at = 0;
    for (ComponentScores.Layer layer : scores.layers()) {
      System.arraycopy(layer.heads(), 0, flat, at, layer.heads().length);
      at += layer.heads().length;
    }
    for (ComponentScores.Layer layer : scores.layers()) {
      System.arraycopy(layer.neurons(), 0, flat, at, layer.neurons().length);
      at += layer.neurons().length;
    }
    return flat;
  }
}
