package ai.hartonomous.platform.cli;

import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous model loss`: how well the model predicts given tokens.
@Command(
    name = "loss",
    description = "Prints the mean cross-entropy of given tokens, in nats per token.",
    mixinStandardHelpOptions = true)
final class ModelLossCommand implements Callable<Integer> {

  @Mixin private ModelSource source;

  @Option(
      names = "--ids-file",
      required = true,
      paramLabel = "FILE",
      description =
          "Token ids: a JSON list of ids, a JSON list of such lists, or ids between white space.")
  private Path file = Path.of("");

  @Override
  public Integer call() throws IOException {
    List<int[]> sequences = IdsFile.read(file);
    Model model = source.load();
    check(sequences, model.config());
    List<float[]> losses = new ArrayList<>();
    try (Kernels kernels = ModelSource.kernels()) {
      var transformer = new Transformer(model, kernels);
      Trace trace = transformer.trace(Trace.Keep.INFERENCE);
      for (int[] ids : sequences) {
        losses.add(losses(transformer, trace, ids));
      }
    }
    print(losses);
    return 0;
  }

  private void check(List<int[]> sequences, ModelConfig config) throws IOException {
    ModelConfig.Extents extents = config.extents();
    if (extents.outputs() != extents.vocabulary()) {
      throw new IOException(
          "%s: not a language model: %d outputs for %d token ids"
              .formatted(source.path(), extents.outputs(), extents.vocabulary()));
    }
    for (int i = 0; i < sequences.size(); i++) {
      String fault = ModelSource.fault(sequences.get(i), config);
      if (fault.isEmpty() && sequences.get(i).length < 2) {
        fault = "one token id; the first prediction needs two";
      }
      if (!fault.isEmpty()) {
        throw new IOException("%s, sequence %d: %s".formatted(file, i, fault));
      }
    }
  }

  /// {@return loss of every token but the first}
  private static float[] losses(Transformer transformer, Trace trace, int[] ids) {
    Matrix logits = transformer.forward(Batch.of(ids), trace, Hooks.NONE);
    int[] targets = new int[ids.length];
    System.arraycopy(ids, 1, targets, 0, ids.length - 1);
    targets[ids.length - 1] = -1; // nothing follows
    float[] losses = new float[ids.length];
    transformer.kernels().crossEntropy(logits, targets, losses);
    return Arrays.copyOf(losses, ids.length - 1);
  }

  private void print(List<float[]> losses) {
    double sum = 0;
    int count = 0;
    ObjectNode json = ModelSource.mapper().createObjectNode();
    ArrayNode sequences = ModelSource.mapper().createArrayNode();
    for (float[] sequence : losses) {
      double part = 0;
      ArrayNode positions = ModelSource.mapper().createArrayNode();
      for (float loss : sequence) {
        part += loss;
        positions.add(loss);
      }
      ObjectNode entry = sequences.addObject();
      entry.put("mean_cross_entropy", part / sequence.length);
      entry.set("per_position_nll", positions);
      sum += part;
      count += sequence.length;
    }
    double mean = sum / count;
    if (!source.asJson()) {
      source.print("%.6f nats per token over %d tokens".formatted(mean, count));
      return;
    }
    json.put("mean_cross_entropy", mean);
    json.put("tokens", count);
    json.set("sequences", sequences);
    source.print(json);
  }
}
