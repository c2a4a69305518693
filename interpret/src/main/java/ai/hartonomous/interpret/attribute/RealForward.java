package ai.hartonomous.interpret.attribute;

import ai.hartonomous.interpret.attribute.FrozenLayer.FrozenMlp;
import ai.hartonomous.interpret.transcoder.Latents;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The real model with some sources scaled: what a source wrote is added to the residual stream
/// once more, `factor - 1` times, where it was written, and everything after it answers.
final class RealForward {

  /// A vector added at one place.
  private record Addition(HookPoint point, int position, double factor, float[] vector) {}

  private final FrozenModel frozen;
  private final NodeIndex nodes;
  private final Transformer transformer;
  private final Trace trace;

  RealForward(FrozenModel frozen) {
    this.frozen = frozen;
    this.nodes = frozen.nodes();
    this.transformer = frozen.transformer();
    this.trace = transformer.trace(Trace.Keep.INFERENCE);
  }

  /// {@return whether nodes of a kind can be scaled in the real model}
  static boolean canScale(NodeKind kind) {
    return switch (kind) {
      case FEATURE, ERROR, START, SKIP, TOKEN, POSITION, DECODER_BIAS -> true;
      case ATTENTION_BIAS, ATTENTION_NORM_BIAS, MLP_NORM_BIAS, FINAL_NORM_BIAS, LOGIT -> false;
    };
  }

  /// Runs the real model.
  ///
  /// @param factors what some sources are multiplied by, by node number; others stay
  /// @param patternsKept whether attention keeps the original patterns
  /// @return the readings
  /// @throws IllegalArgumentException if a source cannot be scaled in the real model
  NodeValues run(Map<Integer, Double> factors, boolean patternsKept) {
    List<Addition> additions = new ArrayList<>();
    factors.forEach((node, factor) -> additions.add(addition(node, factor - 1)));
    double[] features = new double[nodes.features()];
    double[] output = new double[transformer.config().width()];
    Hooks hooks =
        (point, values) -> {
          if (patternsKept && point.site() == Site.ATTENTION_PATTERN) {
            float[] kept = frozen.layer(point.layer()).pattern();
            System.arraycopy(kept, 0, values.data(), values.offset(), kept.length);
          }
          additions.stream().filter(a -> a.point().equals(point)).forEach(a -> add(a, values));
          read(point, values, features, output);
        };
    transformer.forward(Batch.of(frozen.ids()), trace, hooks);
    return new NodeValues(features, output);
  }

  private Addition addition(int number, double factor) {
    GraphNode node = nodes.node(number);
    if (!canScale(node.kind())) {
      throw new IllegalArgumentException(node.id() + " cannot be scaled in the real model");
    }
    boolean first = node.kind() == NodeKind.TOKEN || node.kind() == NodeKind.POSITION;
    var point =
        first
            ? new HookPoint(Site.RESIDUAL_BEFORE, 0)
            : new HookPoint(Site.MLP_OUTPUT, node.layer());
    return new Addition(point, node.position(), factor, written(node));
  }

  /// {@return what a source writes to the residual stream `[D]`}
  float[] written(GraphNode node) {
    float[] vector = new float[transformer.config().width()];
    Weights weights = transformer.model().weights();
    switch (node.kind()) {
      case TOKEN -> weights.tokens().readRow(node.unit(), vector, 0);
      case POSITION -> {
        Matrix positions = weights.positions();
        if (positions != null) {
          positions.readRow(node.position(), vector, 0);
        }
      }
      default -> writtenByMlp(node, vector);
    }
    return vector;
  }

  private void writtenByMlp(GraphNode node, float[] vector) {
    FrozenMlp mlp = frozen.mlp(node.layer());
    if (node.kind() == NodeKind.ERROR || node.kind() == NodeKind.START) {
      mlp.error().readRow(node.position(), vector, 0);
    } else if (node.kind() == NodeKind.SKIP && mlp.skip() != null) {
      mlp.skip().readRow(node.position(), vector, 0);
    } else if (node.kind() == NodeKind.DECODER_BIAS) {
      float[] bias = FrozenModel.coder(mlp).weights().decoderBias();
      System.arraycopy(bias, 0, vector, 0, vector.length);
    } else {
      FrozenModel.coder(mlp).weights().decoder().readRow(node.unit(), vector, 0);
      float value = mlp.active().value(node.position(), node.unit());
      for (int c = 0; c < vector.length; c++) {
        vector[c] *= value;
      }
    }
  }

  private static void add(Addition addition, Matrix values) {
    int row = values.rowOffset(addition.position());
    for (int c = 0; c < values.cols(); c++) {
      values.data()[row + c] += (float) (addition.factor() * addition.vector()[c]);
    }
  }

  private void read(HookPoint point, Matrix values, double[] features, double[] output) {
    if (point.site() == Site.FINAL_NORM) {
      int last = values.rowOffset(values.rows() - 1);
      for (int c = 0; c < output.length; c++) {
        output[c] = values.data()[last + c];
      }
    }
    if (point.site() != Site.MLP_INPUT) {
      return;
    }
    FrozenMlp mlp = frozen.mlp(point.layer());
    Latents active = mlp.active();
    float[] row = new float[values.cols()];
    for (int q = 0; q < active.rows(); q++) {
      for (int e = active.start(q); e < active.start(q + 1); e++) {
        FrozenModel.coder(mlp).weights().encoder().readRow(active.latent(e), row, 0);
        double sum = 0;
        for (int c = 0; c < row.length; c++) {
          sum += (double) row[c] * values.at(q, c);
        }
        features[nodes.firstFeature(point.layer(), q) + e - active.start(q)] = sum;
      }
    }
  }
}
