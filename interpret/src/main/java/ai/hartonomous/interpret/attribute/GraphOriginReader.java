package ai.hartonomous.interpret.attribute;

import ai.hartonomous.interpret.attribute.FrozenModel.Freeze;
import ai.hartonomous.interpret.attribute.GraphFile.Origin;
import ai.hartonomous.interpret.attribute.Validation.Changes;
import ai.hartonomous.interpret.attribute.Validation.EdgeTrial;
import ai.hartonomous.interpret.attribute.Validation.GroupTrial;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Reads `metadata.hartonomous` of a graph file.
final class GraphOriginReader {

  private GraphOriginReader() {}

  static Origin origin(GraphFields json) throws IOException {
    if (json.whole("format") != GraphFileWriter.FORMAT) {
      throw json.fault("format", "" + GraphFileWriter.FORMAT, "" + json.whole("format"));
    }
    GraphFields sums = json.object("conservation");
    var conservation =
        new Conservation(
            sums.whole32("nodes"),
            sums.number("worst"),
            sums.number("worst_of_absolute"),
            sums.number("strictly_within"),
            sums.number("bias_share"));
    Map<String, Scores> scores = new HashMap<>();
    GraphFields named = json.object("scores");
    for (String name : named.node().propertyNames()) {
      GraphFields score = named.object(name);
      scores.put(name, new Scores(score.number("replacement"), score.number("completeness")));
    }
    GraphFields request = json.object("request");
    try {
      return new Origin(
          request(request),
          json.text("model_sha256"),
          json.text("coders_sha256"),
          conservation,
          scores,
          validation(json.object("validation")));
    } catch (IllegalArgumentException e) {
      throw json.fault("request", "settings in range", "" + e.getMessage());
    }
  }

  private static GraphRequest request(GraphFields json) throws IOException {
    List<GraphFields> list = json.list("ids");
    int[] ids = new int[list.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (int) list.get(i).number();
    }
    SkipPath skip = SkipPath.valueOf(json.text("skip").toUpperCase(Locale.ROOT));
    Counted counted = Counted.valueOf(json.text("counted").toUpperCase(Locale.ROOT));
    return new GraphRequest(
        ids,
        new Freeze(json.whole32("leading"), skip),
        targets(json.object("targets")),
        new TraceSettings(
            json.whole32("most_features"),
            json.whole32("edges_per_target"),
            json.whole32("features_per_round"),
            json.whole32("rows_at_once")),
        new PruneSettings(json.number("node_threshold"), json.number("edge_threshold"), counted),
        new Validator.Plan(
            json.whole32("trial_edges"),
            json.whole32("trial_group"),
            json.whole32("trial_draws"),
            json.whole("trial_seed")));
  }

  private static TargetChoice targets(GraphFields json) throws IOException {
    if (json.has("probability")) {
      return new TargetChoice.Likeliest(json.number("probability"), json.whole32("most"));
    }
    if (json.has("plus")) {
      return new TargetChoice.Difference(json.whole32("plus"), json.whole32("minus"));
    }
    if (json.has("tokens")) {
      List<Integer> ids = new ArrayList<>();
      for (GraphFields id : json.list("tokens")) {
        ids.add((int) id.number());
      }
      return new TargetChoice.Tokens(ids);
    }
    List<GraphFields> parts = json.list("direction");
    float[] vector = new float[parts.size()];
    for (int c = 0; c < vector.length; c++) {
      vector[c] = (float) parts.get(c).number();
    }
    return new TargetChoice.Direction(json.text("label"), vector, json.number("weight"));
  }

  private static Validation validation(GraphFields json) throws IOException {
    List<EdgeTrial> trials = new ArrayList<>();
    for (GraphFields trial : json.list("edges")) {
      trials.add(
          new EdgeTrial(
              trial.text("source"),
              trial.text("target"),
              trial.number("edge"),
              changes(trial),
              trial.has("control") ? trial.number("control") : null));
    }
    if (!json.has("group")) {
      return new Validation(trials, null);
    }
    GraphFields group = json.object("group");
    List<String> members = new ArrayList<>();
    for (GraphFields member : group.list("members")) {
      members.add(member.text());
    }
    List<Double> controls = new ArrayList<>();
    for (GraphFields control : group.list("controls")) {
      controls.add(control.number());
    }
    return new Validation(
        trials,
        new GroupTrial(
            members, group.number("mass"), group.number("edge"), changes(group), controls));
  }

  private static Changes changes(GraphFields json) throws IOException {
    return new Changes(json.number("frozen"), json.number("attention_frozen"), json.number("free"));
  }
}
