package ai.hartonomous.interpret.feature;

import ai.hartonomous.interpret.feature.Feature.Group;
import ai.hartonomous.interpret.feature.Feature.TokenWeight;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A feature as the JSON that circuit-tracer's front end reads, with our scores beside it in an
/// object `hartonomous`. Source: github.com/safety-research/circuit-tracer,
/// frontend/feature_models.
public final class FeatureJson {
  private static final JsonMapper JSON = new JsonMapper();

  private FeatureJson() {}

  /// {@return the feature in that form, as JSON text}
  ///
  /// @param feature the feature
  /// @param coder name of the coder, such as `layers.3.mlp`
  /// @param texts text of each token id
  public static String of(Feature feature, String coder, List<String> texts) {
    ObjectNode root = JSON.createObjectNode();
    root.put("transcoder_id", coder);
    root.put("index", feature.index());
    ArrayNode quantiles = root.putArray("examples_quantiles");
    for (Group group : feature.groups()) {
      ObjectNode quantile = quantiles.addObject();
      quantile.put("quantile_name", group.name());
      ArrayNode examples = quantile.putArray("examples");
      group.examples().forEach(example -> add(example, texts, examples.addObject()));
    }
    tokens(root.putArray("top_logits"), feature.outputs().promoted(), texts);
    tokens(root.putArray("bottom_logits"), feature.outputs().demoted(), texts);
    Feature.Use use = feature.use();
    root.put("act_min", use.minimum());
    root.put("act_max", use.maximum());
    ArrayNode values = root.putArray("quantile_values");
    feature.groups().forEach(group -> values.add(strongest(group)));
    ArrayNode histogram = root.putArray("histogram");
    for (long count : use.histogram()) {
      histogram.add(count);
    }
    root.put("activation_frequency", use.density());
    ours(feature, root.putObject("hartonomous"));
    return JSON.writeValueAsString(root);
  }

  private static float strongest(Group group) {
    return group.examples().isEmpty() ? 0 : group.examples().getFirst().value();
  }

  private static void add(Example example, List<String> texts, ObjectNode to) {
    ArrayNode tokens = to.putArray("tokens");
    ArrayNode activations = to.putArray("tokens_acts_list");
    for (int t = 0; t < example.tokens().length; t++) {
      tokens.add(texts.get(example.tokens()[t]));
      activations.add(example.activations()[t]);
    }
    to.put("train_token_ind", example.peak());
    to.put("is_repeated_datapoint", false);
  }

  private static void tokens(ArrayNode to, List<TokenWeight> weights, List<String> texts) {
    weights.forEach(weight -> to.add(texts.get(weight.token())));
  }

  private static void ours(Feature feature, ObjectNode to) {
    to.put("active_tokens", feature.use().active());
    to.put("tokens", feature.use().tokens());
    ArrayNode neighbours = to.putArray("neighbours");
    feature
        .neighbours()
        .forEach(n -> neighbours.addObject().put("index", n.index()).put("cosine", n.cosine()));
    Detection detection = feature.detection();
    if (detection == null) {
      to.putNull("label");
      to.put("label_reason", "too few examples to score a rule");
      return;
    }
    if (detection.isLabel()) {
      to.put("label", detection.rule());
    } else {
      to.putNull("label");
      to.put("label_reason", "the best rule does not beat its control");
    }
    to.put("rule", detection.rule());
    to.put("rule_kind", detection.kind());
    to.put("scorer", detection.scorer());
    score(detection.score(), to.putObject("score"));
    score(detection.control(), to.putObject("random_feature_control"));
  }

  private static void score(DetectionScore score, ObjectNode to) {
    to.put("balanced_accuracy", score.balancedAccuracy());
    to.put("standard_error", score.standardError());
    to.put("active", score.active());
    to.put("inactive", score.inactive());
    to.put("rejected", score.rejected());
    to.put("majority_accuracy", score.majority());
  }
}
