package ai.hartonomous.model.generate;

import ai.hartonomous.model.generate.Explanation.Coded;
import ai.hartonomous.model.generate.Explanation.Component;
import ai.hartonomous.model.generate.Explanation.Contribution;
import ai.hartonomous.model.generate.Explanation.Kind;
import ai.hartonomous.model.generate.Transcoder.Active;
import ai.hartonomous.model.generate.Transcoder.Split;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.tensor.Kernels;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The layers of a model that have a transcoder, and what their MLPs read and wrote for one row of
/// the last pass: two rows each. Features are computed when a token is explained, and for no other
/// row.
final class CodedLayers {

  private final Kernels kernels;
  private final @Nullable Transcoder[] transcoders;
  private final float[][] inputs;
  private final float[][] outputs;
  private final boolean any;

  /// Prepares.
  ///
  /// @param config of the model
  /// @param all transcoders; one whose layer has no MLP here tells nothing, for nothing is written
  /// @param kernels computes features
  /// @throws IllegalArgumentException if the model has no such layer or is not as wide, or two are
  ///   of one layer
  CodedLayers(ModelConfig config, List<Transcoder> all, Kernels kernels) {
    this.kernels = kernels;
    List<LayerConfig> layers = config.layers();
    transcoders = new Transcoder[layers.size()];
    inputs = new float[layers.size()][];
    outputs = new float[layers.size()][];
    any = !all.isEmpty();
    for (Transcoder each : all) {
      int l = each.layer();
      if (l < 0 || l >= layers.size() || each.width() != config.width()) {
        throw new IllegalArgumentException(
            "a transcoder of layer %d, %d wide, does not fit a model of %d layers, %d wide"
                .formatted(l, each.width(), layers.size(), config.width()));
      }
      if (inputs[l] != null) {
        throw new IllegalArgumentException("two transcoders of layer %d".formatted(l));
      }
      inputs[l] = new float[config.width()];
      outputs[l] = new float[config.width()];
      transcoders[l] = layers.get(l).neurons() == 0 ? null : each;
    }
  }

  /// {@return whether features of a layer are told}
  boolean has(int layer) {
    return transcoders[layer] != null;
  }

  /// {@return hooks that keep what MLPs read and write for a row, before anything is added to it}
  Hooks of(int row) {
    if (!any) {
      return Hooks.NONE;
    }
    return (point, values) -> {
      int l = point.layer();
      if (point.site() == Site.MLP_INPUT && has(l)) {
        values.readRow(row, inputs[l], 0);
      } else if (point.site() == Site.MLP_OUTPUT && has(l)) {
        values.readRow(row, outputs[l], 0);
      }
    };
  }

  /// What a layer adds to a logit.
  ///
  /// @param coded features, skip path and error
  /// @param bias of the decoder
  record Layer(Coded coded, double bias) {}

  /// Tells the features of a layer.
  ///
  /// @param model number of the model
  /// @param layer one that has a transcoder
  /// @param direction what a number of the residual stream adds to the logit
  /// @param strongest the strongest components so far, changed here
  /// @return what the layer's MLP adds
  Layer collect(int model, int layer, double[] direction, Strongest strongest) {
    Transcoder transcoder = transcoders[layer];
    if (transcoder == null) {
      throw new IllegalArgumentException("layer %d has no transcoder".formatted(layer));
    }
    Split split = transcoder.split(inputs[layer], direction, kernels);
    for (Active active : split.active()) {
      var feature = new Component(model, Kind.FEATURE, layer, active.feature());
      strongest.add(new Contribution(feature, active.written(), active.activation()));
    }
    double features = split.features();
    double missed =
        Attribution.dot(outputs[layer], direction) - features - split.skip() - split.bias();
    return new Layer(new Coded(features, split.skip(), missed), split.bias());
  }

  /// {@return nothing so far; null where no transcoder is asked for}
  @Nullable Coded nothing() {
    return any ? new Coded(0, 0, 0) : null;
  }
}
