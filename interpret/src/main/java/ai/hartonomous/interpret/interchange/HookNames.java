package ai.hartonomous.interpret.interchange;

import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What other libraries call our hook points.
///
/// TransformerLens: `blocks.3.hook_resid_post`. Its `ln2.hook_normalized` is the normed value
/// before the gain is applied and its `hook_resid_mid` and `hook_mlp_in` the value before the norm,
/// so none of them is our `mlp_input`; that is `mlp.hook_in` of its module bridge.
///
/// Hugging Face: the path of the module, such as `model.layers.3.mlp` (Llama),
/// `transformer.h.3.mlp` (GPT-2) or `gpt_neox.layers.3.mlp`.
public final class HookNames {
  private static final Pattern LENS = Pattern.compile("blocks\\.(\\d{1,5})\\.([a-z_.]+)");
  private static final Pattern MODULE =
      Pattern.compile(
          "(?:(?:model|transformer|gpt_neox)\\.)?(?:layers|h)\\.(\\d{1,5})(?:\\.([a-z_]+))?");

  private static final Map<String, Site> LENS_SITES =
      Map.ofEntries(
          Map.entry("hook_resid_pre", Site.RESIDUAL_BEFORE),
          Map.entry("attn.hook_pattern", Site.ATTENTION_PATTERN),
          Map.entry("attn.hook_z", Site.HEAD_OUTPUT),
          Map.entry("hook_attn_out", Site.ATTENTION_OUTPUT),
          Map.entry("attn.hook_out", Site.ATTENTION_OUTPUT),
          Map.entry("hook_q_input", Site.QUERY_INPUT),
          Map.entry("hook_k_input", Site.KEY_INPUT),
          Map.entry("hook_v_input", Site.VALUE_INPUT),
          Map.entry("hook_mlp_in", Site.MLP_RESIDUAL),
          Map.entry("mlp.hook_in", Site.MLP_INPUT),
          Map.entry("mlp.hook_post", Site.NEURONS),
          Map.entry("hook_mlp_out", Site.MLP_OUTPUT),
          Map.entry("mlp.hook_out", Site.MLP_OUTPUT),
          Map.entry("hook_resid_post", Site.RESIDUAL_AFTER));

  /// Points that only a pass with split readers has; a coder cannot stand there.
  private static final Set<Site> SPLIT =
      EnumSet.of(Site.QUERY_INPUT, Site.KEY_INPUT, Site.VALUE_INPUT, Site.MLP_RESIDUAL);

  private HookNames() {}

  /// {@return whether every pass has this point, so that a coder can read it}
  static boolean isInEveryPass(HookPoint point) {
    return !SPLIT.contains(point.site());
  }

  /// {@return the name in TransformerLens}
  ///
  /// @param point the hook point
  public static String transformerLens(HookPoint point) {
    String name =
        switch (point.site()) {
          case RESIDUAL_BEFORE -> "hook_resid_pre";
          case ATTENTION_PATTERN -> "attn.hook_pattern";
          case QUERY_INPUT -> "hook_q_input";
          case KEY_INPUT -> "hook_k_input";
          case VALUE_INPUT -> "hook_v_input";
          case HEAD_OUTPUT -> "attn.hook_z";
          case ATTENTION_OUTPUT -> "hook_attn_out";
          case MLP_RESIDUAL -> "hook_mlp_in";
          case MLP_INPUT -> "mlp.hook_in";
          case NEURONS -> "mlp.hook_post";
          case MLP_OUTPUT -> "hook_mlp_out";
          case RESIDUAL_AFTER -> "hook_resid_post";
          case FINAL_NORM -> "unembed.hook_in";
          case LOGITS -> "unembed.hook_out";
        };
    boolean last = point.site() == Site.FINAL_NORM || point.site() == Site.LOGITS;
    return last ? name : "blocks.%d.%s".formatted(point.layer(), name);
  }

  /// {@return the hook point that TransformerLens calls `name`, if we have it}
  ///
  /// @param name such as `blocks.3.hook_mlp_out`
  public static Optional<HookPoint> parseTransformerLens(String name) {
    if (name.equals("unembed.hook_in")) {
      return Optional.of(new HookPoint(Site.FINAL_NORM, 0));
    }
    if (name.equals("unembed.hook_out")) {
      return Optional.of(new HookPoint(Site.LOGITS, 0));
    }
    Matcher match = LENS.matcher(name);
    if (!match.matches()) {
      return Optional.empty();
    }
    Site site = LENS_SITES.get(match.group(2));
    return site == null
        ? Optional.empty()
        : Optional.of(new HookPoint(site, Integer.parseInt(match.group(1))));
  }

  /// {@return the path of the module whose input or output the point is, if it is one}
  ///
  /// @param point the hook point
  /// @param family `llama`, `mistral`, `qwen2`, `qwen3`, `gpt2` or `gpt_neox`
  public static Optional<String> module(HookPoint point, String family) {
    String prefix =
        switch (family) {
          case "gpt2" -> "transformer.h.";
          case "gpt_neox" -> "gpt_neox.layers.";
          default -> "model.layers.";
        };
    String attention =
        switch (family) {
          case "gpt2" -> ".attn";
          case "gpt_neox" -> ".attention";
          default -> ".self_attn";
        };
    String layer = prefix + point.layer();
    return switch (point.site()) {
      case RESIDUAL_BEFORE, RESIDUAL_AFTER -> Optional.of(layer);
      case MLP_INPUT, MLP_OUTPUT -> Optional.of(layer + ".mlp");
      case ATTENTION_OUTPUT -> Optional.of(layer + attention);
      case QUERY_INPUT, KEY_INPUT, VALUE_INPUT, MLP_RESIDUAL -> Optional.empty();
      case ATTENTION_PATTERN, HEAD_OUTPUT, NEURONS, FINAL_NORM, LOGITS -> Optional.empty();
    };
  }

  /// {@return the hook point at the output of a module, if we have it}
  ///
  /// @param path path of the module, with or without the prefix of its family
  public static Optional<HookPoint> parseModuleOutput(String path) {
    Matcher match = MODULE.matcher(path);
    if (!match.matches()) {
      return Optional.empty();
    }
    int layer = Integer.parseInt(match.group(1));
    String module = match.group(2) == null ? "" : match.group(2);
    return switch (module) {
      case "" -> Optional.of(new HookPoint(Site.RESIDUAL_AFTER, layer));
      case "mlp" -> Optional.of(new HookPoint(Site.MLP_OUTPUT, layer));
      case "attn", "self_attn", "attention" ->
          Optional.of(new HookPoint(Site.ATTENTION_OUTPUT, layer));
      default -> Optional.empty();
    };
  }
}
