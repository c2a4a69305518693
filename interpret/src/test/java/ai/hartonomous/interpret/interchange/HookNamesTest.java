package ai.hartonomous.interpret.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HookNamesTest {

  @ParameterizedTest(name = "{0}")
  @EnumSource(Site.class)
  void everyPointGoesToTransformerLensAndBack(Site site) {
    boolean last = site == Site.FINAL_NORM || site == Site.LOGITS;
    var point = new HookPoint(site, last ? 0 : 7);

    assertThat(HookPoint.parse(point.path())).contains(point);
    assertThat(HookNames.parseTransformerLens(HookNames.transformerLens(point))).contains(point);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "llama, model.layers.3.mlp, model.layers.3.self_attn, model.layers.3",
    "qwen3, model.layers.3.mlp, model.layers.3.self_attn, model.layers.3",
    "gpt2, transformer.h.3.mlp, transformer.h.3.attn, transformer.h.3",
    "gpt_neox, gpt_neox.layers.3.mlp, gpt_neox.layers.3.attention, gpt_neox.layers.3"
  })
  void modulesOfEveryFamilyGoBothWays(String family, String mlp, String attention, String layer) {
    var output = new HookPoint(Site.MLP_OUTPUT, 3);
    var attended = new HookPoint(Site.ATTENTION_OUTPUT, 3);
    var after = new HookPoint(Site.RESIDUAL_AFTER, 3);

    assertThat(HookNames.module(output, family)).contains(mlp);
    assertThat(HookNames.module(attended, family)).contains(attention);
    assertThat(HookNames.module(after, family)).contains(layer);
    assertThat(HookNames.parseModuleOutput(mlp)).contains(output);
    assertThat(HookNames.parseModuleOutput(attention)).contains(attended);
    assertThat(HookNames.parseModuleOutput(layer)).contains(after);
  }

  @Test
  void theRunFoldersOfSparsifyDropThePrefix() {
    assertThat(HookNames.parseModuleOutput("layers.5.mlp"))
        .contains(new HookPoint(Site.MLP_OUTPUT, 5));
    assertThat(HookNames.parseModuleOutput("h.5")).contains(new HookPoint(Site.RESIDUAL_AFTER, 5));
  }

  @ParameterizedTest(name = "[{0}]")
  @ValueSource(
      strings = {"", "layers.3", "layers.3.mlp", "layers.999999.mlp_input", "layers.3.mlp_input "})
  void otherPathsAreNoHookPoints(String path) {
    assertThat(HookPoint.parse(path)).isEmpty();
  }
}
