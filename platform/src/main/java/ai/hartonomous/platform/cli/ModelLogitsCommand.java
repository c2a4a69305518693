package ai.hartonomous.platform.cli;

import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous model logits`: what the model predicts after some tokens.
@Command(
    name = "logits",
    description = "Prints the logits after the last of some tokens, as JSON.",
    mixinStandardHelpOptions = true)
final class ModelLogitsCommand implements Callable<Integer> {

  private static final int TOP = 20;

  @Mixin private ModelSource source;

  @Option(
      names = "--ids",
      required = true,
      split = ",",
      paramLabel = "ID",
      description = "Token ids, separated by commas.")
  private int[] ids = {};

  @Override
  public Integer call() throws IOException {
    Model model = source.load();
    String fault = ModelSource.fault(ids, model.config());
    if (!fault.isEmpty()) {
      throw source.wrongUse("--ids: " + fault);
    }
    try (Kernels kernels = ModelSource.kernels()) {
      var transformer = new Transformer(model, kernels);
      Trace trace = transformer.trace(Trace.Keep.INFERENCE);
      Matrix logits = transformer.forward(Batch.of(ids), trace, Hooks.NONE);
      source.print(json(logits, ids.length - 1));
    }
    return 0;
  }

  private static ObjectNode json(Matrix logits, int row) {
    ObjectNode json = ModelSource.mapper().createObjectNode();
    List<Integer> order =
        IntStream.range(0, logits.cols())
            .boxed()
            .sorted(Comparator.comparingDouble(id -> -logits.at(row, id)))
            .limit(TOP)
            .toList();
    ArrayNode topIds = json.putArray("top_ids");
    ArrayNode topLogits = json.putArray("top_logits");
    for (int id : order) {
      topIds.add(id);
      topLogits.add(logits.at(row, id));
    }
    double squares = 0;
    for (int id = 0; id < logits.cols(); id++) {
      squares += (double) logits.at(row, id) * logits.at(row, id);
    }
    json.put("logits_l2_norm", Math.sqrt(squares));
    ArrayNode all = json.putArray("logits");
    for (int id = 0; id < logits.cols(); id++) {
      all.add(logits.at(row, id));
    }
    return json;
  }
}
