package ai.hartonomous.interpret.interchange;

import ai.hartonomous.interpret.transcoder.CoderActivation;
import ai.hartonomous.interpret.transcoder.CoderActivation.JumpRelu;
import ai.hartonomous.interpret.transcoder.CoderActivation.Relu;
import ai.hartonomous.interpret.transcoder.CoderActivation.TopK;
import ai.hartonomous.interpret.transcoder.CoderWeights;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.checkpoint.CheckpointException;
import ai.hartonomous.model.checkpoint.SafetensorsWriter.Tensor;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// SAELens folders; the package comment describes them.
final class SaeLensLayout {
  static final String WEIGHTS = "sae_weights.safetensors";
  private static final JsonMapper JSON = new JsonMapper();

  private SaeLensLayout() {}

  // Reading

  static StoredCoder read(Path folder, Settings settings, CoderTensors tensors) throws IOException {
    Optional<Settings> nested = settings.object("metadata");
    Settings metadata = nested.isPresent() ? nested.get() : settings;
    refuseWhatWeLack(settings, metadata);
    String architecture = architecture(settings);
    boolean transcodes = architecture.contains("transcoder");
    int width = settings.count(1, "d_in");
    int latents = settings.count(1, "d_sae");
    int out = transcodes ? settings.count(1, "d_out") : width;
    float[] decoderBias = tensors.vector("b_dec", out);
    if (transcodes && settings.flag("apply_b_dec_to_input", false)) {
      throw settings.unexpected("apply_b_dec_to_input", "false for a transcoder", "true");
    }
    boolean subtracts = !transcodes && settings.flag("apply_b_dec_to_input", true);
    boolean skip = architecture.contains("skip");
    var weights =
        new CoderWeights(
            tensors.transposed("W_enc", latents, width),
            tensors.vector("b_enc", latents),
            tensors.matrix("W_dec", latents, out),
            decoderBias,
            subtracts ? decoderBias.clone() : null,
            skip ? tensors.matrix("W_skip", out, width) : null);
    CoderActivation activation = activation(architecture, settings, tensors, latents);
    if (settings.flag("rescale_acts_by_decoder_norm", false)) {
      Folding.decoderNorms(weights);
    }
    weights = unscaled(folder, settings, weights);
    HookPoint reads = point(metadata, metadata.has("hook_name") ? "hook_name" : "hook_point");
    HookPoint writes = transcodes ? point(metadata, "hook_name_out") : reads;
    var coder = new SparseCoder(reads, writes, activation, weights);
    return new StoredCoder(coder, notes(settings));
  }

  private static CoderNotes notes(Settings settings) {
    return new CoderNotes(null, null, null, Map.of(), settings.node().toString());
  }

  private static void refuseWhatWeLack(Settings settings, Settings metadata)
      throws CheckpointException {
    if (settings.flag("finetuning_scaling_factor", false)) {
      throw settings.unexpected("finetuning_scaling_factor", "false", "true");
    }
    if (metadata.has("hook_head_index")) {
      throw metadata.unexpected(
          "hook_head_index", "none: coders of one head are not supported", "a head");
    }
  }

  private static String architecture(Settings settings) throws CheckpointException {
    String stated = settings.text("architecture", "standard");
    String old = settings.text("activation_fn_str", settings.text("activation_fn", "relu"));
    boolean oldTopK = stated.equals("standard") && old.equals("topk");
    return oldTopK ? "topk" : stated;
  }

  private static CoderActivation activation(
      String architecture, Settings settings, CoderTensors tensors, int latents)
      throws CheckpointException {
    return switch (architecture) {
      case "standard", "transcoder", "skip_transcoder" -> new Relu();
      case "jumprelu", "jumprelu_transcoder", "jumprelu_skip_transcoder" ->
          new JumpRelu(Folding.notNegative(tensors.vector("threshold", latents)));
      case "topk" -> new TopK(Math.min(latents, k(settings)));
      default ->
          throw settings.unexpected(
              "architecture",
              "standard, topk, jumprelu or a (skip, jumprelu) transcoder",
              Settings.quote(architecture));
    };
  }

  private static int k(Settings settings) throws CheckpointException {
    Optional<Settings> old = settings.object("activation_fn_kwargs");
    return settings.has("k") || old.isEmpty() ? settings.count(1, "k") : old.get().count(1, "k");
  }

  private static CoderWeights unscaled(Path folder, Settings settings, CoderWeights weights)
      throws IOException {
    String convention = settings.text("normalize_activations", "none");
    return switch (convention) {
      case "none" -> weights;
      case "expected_average_only_in" -> {
        Settings scaler = Settings.read(folder.resolve("activation_scaler.json"));
        double scale = scaler.number("scaling_factor");
        if (!(scale > 0)) {
          throw scaler.unexpected("scaling_factor", "a number above 0", "" + scale);
        }
        yield Folding.scale(weights, scale);
      }
      default ->
          throw settings.unexpected(
              "normalize_activations",
              "none or expected_average_only_in: what depends on each token cannot be folded",
              Settings.quote(convention));
    };
  }

  private static HookPoint point(Settings metadata, String key) throws CheckpointException {
    String name = metadata.text(key);
    Optional<HookPoint> point = HookNames.parseTransformerLens(name);
    if (point.isEmpty()) {
      point = HookNames.parseModuleOutput(name);
    }
    if (point.isEmpty() || !HookNames.isInEveryPass(point.get())) {
      throw metadata.unexpected(
          key, "a hook we have, such as blocks.3.mlp.hook_in", Settings.quote(name));
    }
    return point.get();
  }

  // Writing

  static List<Tensor> tensors(SparseCoder coder) {
    CoderWeights weights = coder.weights();
    List<Tensor> tensors = new ArrayList<>();
    Matrix encoder = weights.encoder();
    tensors.add(SparsifyLayout.matrix("W_enc", encoder.transposed()));
    tensors.add(SparsifyLayout.vector("b_enc", SparsifyLayout.encoderBias(weights)));
    tensors.add(SparsifyLayout.matrix("W_dec", weights.decoder()));
    tensors.add(SparsifyLayout.vector("b_dec", weights.decoderBias()));
    @Nullable Matrix skip = weights.skip();
    if (skip != null) {
      tensors.add(SparsifyLayout.matrix("W_skip", skip));
    }
    if (coder.activation() instanceof JumpRelu(float[] thresholds)) {
      tensors.add(SparsifyLayout.vector("threshold", thresholds));
    }
    return tensors;
  }

  /// {@return SAELens' keys, as JSON text}
  ///
  /// @throws IllegalArgumentException if it has no such architecture
  static String config(StoredCoder stored, String modelName) {
    SparseCoder coder = stored.coder();
    CoderWeights weights = coder.weights();
    boolean transcodes = transcodes(coder);
    ObjectNode root = JSON.createObjectNode();
    root.put("architecture", architectureOf(coder));
    root.put("d_in", weights.inputWidth());
    root.put("d_sae", weights.latents());
    root.put("dtype", "float32");
    root.put("device", "cpu");
    root.put("apply_b_dec_to_input", !transcodes && SparsifyLayout.subtractsDecoderBias(weights));
    root.put("normalize_activations", "none");
    root.put("reshape_activations", "none");
    if (transcodes) {
      root.put("d_out", weights.outputWidth());
    } else if (coder.activation() instanceof TopK(int k)) {
      root.put("k", k);
      root.put("rescale_acts_by_decoder_norm", false);
    }
    ObjectNode metadata = root.putObject("metadata");
    metadata.put("model_name", modelName);
    metadata.put("hook_name", HookNames.transformerLens(coder.reads()));
    if (transcodes) {
      metadata.put("hook_name_out", HookNames.transformerLens(coder.writes()));
    }
    SparsifyLayout.putNotes(stored.notes(), metadata.putObject(SparsifyLayout.OURS));
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
  }

  private static boolean transcodes(SparseCoder coder) {
    return coder.weights().skip() != null || !coder.reads().equals(coder.writes());
  }

  private static String architectureOf(SparseCoder coder) {
    boolean transcodes = transcodes(coder);
    String skip = coder.weights().skip() == null ? "" : "skip_";
    return switch (coder.activation()) {
      case Relu _ -> transcodes ? skip + "transcoder" : "standard";
      case JumpRelu _ -> transcodes ? "jumprelu_" + skip + "transcoder" : "jumprelu";
      case TopK(int k) -> {
        if (transcodes && k < coder.weights().latents()) {
          throw new IllegalArgumentException(
              "%s: SAELens has no transcoder with TopK; train with BatchTopK to get thresholds"
                  .formatted(coder.reads().path()));
        }
        yield transcodes ? skip + "transcoder" : "topk";
      }
    };
  }
}
