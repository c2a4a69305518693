package ai.hartonomous.bench;

import ai.hartonomous.bench.onnx.StepGraph.Format;
import ai.hartonomous.distill.importance.BaselineImportance;
import ai.hartonomous.distill.importance.ComponentMeans;
import ai.hartonomous.distill.importance.ComponentScores;
import ai.hartonomous.distill.prune.Keep;
import ai.hartonomous.distill.prune.Pruner;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Decoding with a quarter of a model's heads and neurons beside the whole model, one sequence
/// token by token from an empty cache, both on our engine and in the same number format. Which
/// quarter is kept does not change the time, so the largest weights are; the biases that pruning
/// leaves are there. The third runner is what no pruning of heads and neurons can remove: the same
/// model without layers, which is embedding, last norm and output.
///
/// @param source the whole model
/// @param format number format of the linear maps of all three
record SpecialistContest(Source source, Format format) implements Contest {
  private static final int TOKENS = 96;
  private static final double SHARE = 0.25;
  private static final double BAR = 2.0;

  /// The whole models.
  enum Source {
    /// The sample model: 0.9 million parameters, 854 tokens.
    CLERK,
    /// The shape of a Llama of 15 million parameters, of which 9.2 million are the embedding.
    LLAMA;

    private Model open() throws IOException {
      return switch (this) {
        case CLERK -> {
          Path home = Path.of(System.getProperty("hartonomous.home", ""));
          try (Checkpoint checkpoint = Checkpoints.open(home.resolve("samples/models/clerk"))) {
            yield checkpoint.load();
          }
        }
        case LLAMA -> Shapes.llama15M(1);
      };
    }
  }

  @Override
  public String name() {
    return "specialist %s %s"
        .formatted(
            source == Source.CLERK ? "clerk" : "llama-15m",
            format == Format.FLOAT ? "fp32" : "8bit");
  }

  @Override
  public String unit() {
    return "tokens/s";
  }

  @Override
  public double amount() {
    return TOKENS;
  }

  @Override
  public Entry open(int threads, Scratch scratch) throws IOException {
    Model whole = source.open();
    var work = SideBySide.decoding(whole, 1, TOKENS);
    Contender ours =
        new OurDecoder("a quarter", inFormat(quarter(whole)), work, Kernels.of(threads));
    Contender all = new OurDecoder("the whole", inFormat(whole), work, Kernels.of(threads));
    Contender least =
        new OurDecoder("no layers", inFormat(empty(whole)), work, Kernels.of(threads));
    // They are different models; that their logits are finite and as many is all that must agree.
    double any = Double.MAX_VALUE;
    return new Entry(ours, List.of(new Rival(all, BAR, any), new Rival(least, 0, any)), List.of());
  }

  private Model inFormat(Model model) {
    return Language.in(format, model);
  }

  /// {@return a quarter of the heads, in whole groups where there are enough, and of the neurons}
  private static Model quarter(Model whole) {
    ComponentScores scores = BaselineImportance.magnitude(whole);
    List<Keep.Layer> layers = new ArrayList<>();
    List<ComponentMeans.Layer> means = new ArrayList<>();
    for (int l = 0; l < scores.layers().size(); l++) {
      LayerConfig layer = whole.config().layers().get(l);
      int heads = (int) (SHARE * layer.heads());
      int neurons = (int) (SHARE * layer.neurons());
      int[] first = IntStream.range(0, heads).toArray(); // those of a group lie side by side
      layers.add(new Keep.Layer(first, largest(scores.layers().get(l).neurons(), neurons)));
      int width = layer.heads() * whole.config().extents().headWidth();
      means.add(new ComponentMeans.Layer(new float[width], new float[layer.neurons()]));
    }
    return Pruner.prune(whole, new Keep(layers), new ComponentMeans(means));
  }

  private static int[] largest(double[] scores, int count) {
    double least = Arrays.stream(scores).sorted().toArray()[scores.length - count];
    return IntStream.range(0, scores.length).filter(i -> scores[i] >= least).limit(count).toArray();
  }

  private static Model empty(Model whole) {
    Weights w = whole.weights();
    return new Model(
        whole.config().withLayers(List.of()),
        new Weights(w.tokens(), w.positions(), List.of(), w.finalNorm(), w.output()));
  }
}
