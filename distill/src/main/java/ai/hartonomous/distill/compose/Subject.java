package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.DistillRequest;
import ai.hartonomous.distill.Recipe;
import ai.hartonomous.distill.compose.CompositeRequest.Source;
import ai.hartonomous.distill.work.WorkFolder;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// What decides the bytes of an agent of several sources, apart from the time.
final class Subject {

  private Subject() {}

  static WorkFolder.Request of(
      CompositeRequest request, TargetSuite target, Recipe recipe, Kernels kernels)
      throws IOException {
    Map<String, String> fields = new TreeMap<>();
    for (int s = 0; s < request.sources().size(); s++) {
      Source source = request.sources().get(s);
      try (Checkpoint checkpoint = Asked.open(source.folder())) {
        fields.put("source_" + (s + 1), source.name() + " " + checkpoint.contentHash());
      }
    }
    fields.put("suite", target.suite().contentHash());
    fields.put("floors", target.floors().toString());
    for (int o = 0; o < request.suites().others().size(); o++) {
      Path other = request.suites().others().get(o);
      fields.put("other_" + (o + 1), DistillRequest.suite(other).contentHash());
    }
    fields.put("max_components", Integer.toString(request.maxComponents()));
    fields.put("threshold", Double.toString(request.threshold()));
    fields.put("seed", Long.toString(request.seed()));
    fields.put("created_by", request.stamp().createdBy());
    fields.put("packing", request.packing().toString());
    fields.put("combine", request.combining().label());
    fields.put("recipe", recipe.toString());
    fields.put("kernels", kernels.getClass().getSimpleName());
    fields.put("threads", Integer.toString(kernels.threads()));
    return new WorkFolder.Request(fields, request.stamp().created());
  }
}
