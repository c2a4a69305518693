package ai.hartonomous.interpret.attribute;

import ai.hartonomous.interpret.attribute.FrozenLayer.FrozenMlp;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.Transformer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The local replacement model of one prompt: the model itself with everything held fixed that is
/// not linear in the residual stream. Attention patterns, the denominators of all norms, the active
/// latents and the errors of the coders keep the values of one ordinary forward pass; what remains
/// is linear, so direct effects are single numbers that add up exactly.
///
/// Its values are the original model's: error nodes make the reconstruction exact. Source: Ameisen
/// et al., "Circuit Tracing: Revealing Computational Graphs in Language Models", 2025, section
/// "Constructing an attribution graph for a prompt".
///
/// Memory in floats, with `T` tokens: for each layer `H T² + 3 T D` and the active latents. For one
/// thread, like the transformer.
public final class FrozenModel {

  /// What is frozen how.
  ///
  /// @param leading positions at the beginning whose features and errors become one leaf for each
  ///   layer, {@link NodeKind#START}; at least 0
  /// @param skip what becomes of skip paths
  public record Freeze(int leading, SkipPath skip) {
    /// The first position apart, skip paths followed.
    public static final Freeze DEFAULT = new Freeze(1, SkipPath.FOLLOWED);

    /// Checks the number of positions.
    ///
    /// @throws IllegalArgumentException if `leading` is negative
    public Freeze {
      if (leading < 0) {
        throw new IllegalArgumentException(leading + " leading positions");
      }
    }
  }

  private final Transformer transformer;
  private final int[] ids;
  private final Freeze freeze;
  private final Recording recording;
  private final List<FrozenLayer> layers;
  private final NodeIndex nodes;

  private FrozenModel(
      Transformer transformer,
      int[] ids,
      Freeze freeze,
      Recording recording,
      List<FrozenLayer> layers) {
    this.transformer = transformer;
    this.ids = ids;
    this.freeze = freeze;
    this.recording = recording;
    this.layers = List.copyOf(layers);
    this.nodes = NodeIndex.of(this);
  }

  /// Runs the model once and freezes it.
  ///
  /// @param transformer the model
  /// @param coders transcoders from an MLP's input to its output, at most one for each layer; where
  ///   a layer has none, all that its MLP writes is error
  /// @param ids token ids of the prompt `[T]`
  /// @param freeze what is frozen how
  /// @return the frozen model of this prompt
  /// @throws IllegalArgumentException if a coder reads or writes elsewhere, does not fit the model,
  ///   or shares its layer, if weights are quantised, or if the ids do not suit the model
  public static FrozenModel of(
      Transformer transformer, List<SparseCoder> coders, int[] ids, Freeze freeze) {
    if (transformer.config().layers().isEmpty()) {
      throw new IllegalArgumentException("a model without layers");
    }
    Optional<String> misfit = misfit(transformer.config(), coders);
    if (misfit.isPresent()) {
      throw new IllegalArgumentException(misfit.get());
    }
    Map<Integer, SparseCoder> byLayer = new HashMap<>();
    coders.forEach(coder -> byLayer.put(coder.reads().layer(), coder));
    return new FrozenRecorder(transformer, byLayer, freeze).freeze(ids.clone());
  }

  static FrozenModel of(
      Transformer transformer,
      int[] ids,
      Freeze freeze,
      Recording recording,
      List<FrozenLayer> layers) {
    return new FrozenModel(transformer, ids, freeze, recording, layers);
  }

  /// What stands after the last layer.
  ///
  /// @param scale 1 / denominator of the final norm at the last position; 1 without a norm
  /// @param finalNorm the final norm's output at the last position `[D]`
  /// @param logits logits at the last position `[V]`
  record Recording(float scale, float[] finalNorm, float[] logits) {}

  /// {@return why some coders do not suit a model, or nothing if they do}
  ///
  /// @param config the model
  /// @param coders the coders
  public static Optional<String> misfit(ModelConfig config, List<SparseCoder> coders) {
    Set<Integer> layers = new HashSet<>();
    for (SparseCoder coder : coders) {
      int l = coder.reads().layer();
      int d = config.width();
      String path = coder.reads().path();
      if (!isTranscoder(coder)) {
        return Optional.of(
            "a coder from %s to %s; graphs need coders from an MLP's input to its output"
                .formatted(path, coder.writes().path()));
      }
      if (l >= config.layers().size() || config.layers().get(l).neurons() == 0) {
        return Optional.of("a coder of %s, which the model does not have".formatted(path));
      }
      if (coder.weights().inputWidth() != d || coder.weights().outputWidth() != d) {
        return Optional.of(
            "the coder of %s is %d to %d wide, the model %d"
                .formatted(path, coder.weights().inputWidth(), coder.weights().outputWidth(), d));
      }
      if (!layers.add(l)) {
        return Optional.of("two coders of " + path);
      }
    }
    return Optional.empty();
  }

  /// {@return whether a coder leads from an MLP's input to its output}
  ///
  /// @param coder the coder
  public static boolean isTranscoder(SparseCoder coder) {
    int l = coder.reads().layer();
    return coder.reads().equals(new HookPoint(Site.MLP_INPUT, l))
        && coder.writes().equals(new HookPoint(Site.MLP_OUTPUT, l));
  }

  /// {@return the model that was frozen}
  public Transformer transformer() {
    return transformer;
  }

  /// {@return token ids of the prompt `[T]`}
  public int[] ids() {
    return ids.clone();
  }

  int id(int position) {
    return ids[position];
  }

  /// {@return `T`}
  public int tokens() {
    return ids.length;
  }

  /// {@return what is frozen how}
  public Freeze freeze() {
    return freeze;
  }

  /// {@return logits at the last position `[V]`}
  public float[] logits() {
    return recording.logits().clone();
  }

  /// {@return the nodes that can be sources}
  public NodeIndex nodes() {
    return nodes;
  }

  /// {@return pre-activation of an active feature, its own bias taken off: `W_enc x`}
  ///
  /// @param feature a node of kind {@link NodeKind#FEATURE}
  double valueWithoutBias(GraphNode feature) {
    FrozenMlp mlp = mlp(feature.layer());
    SparseCoder coder = coder(mlp);
    double own = coder.weights().encoderBias()[feature.unit()];
    float[] inputBias = coder.weights().inputBias();
    for (int c = 0; inputBias != null && c < inputBias.length; c++) {
      own -= (double) coder.weights().encoder().at(feature.unit(), c) * inputBias[c];
    }
    return mlp.active().value(feature.position(), feature.unit()) - own;
  }

  FrozenLayer layer(int l) {
    return layers.get(l);
  }

  int layerCount() {
    return layers.size();
  }

  Recording recording() {
    return recording;
  }

  /// {@return the MLP of a layer that has one}
  FrozenMlp mlp(int l) {
    FrozenMlp mlp = layers.get(l).mlp();
    if (mlp == null) {
      throw new IllegalArgumentException("layer %d has no MLP".formatted(l));
    }
    return mlp;
  }

  /// {@return the coder of an MLP that has one}
  static SparseCoder coder(FrozenMlp mlp) {
    SparseCoder coder = mlp.coder();
    if (coder == null) {
      throw new IllegalArgumentException("an MLP without a coder has no features");
    }
    return coder;
  }

  /// {@return how many positions a target at `position` can depend on}
  int reach(int position) {
    return transformer.config().block().causal() ? position + 1 : ids.length;
  }

  /// {@return whether learned positions are added to the tokens}
  boolean hasPositions() {
    return transformer.model().weights().positions() != null;
  }
}
