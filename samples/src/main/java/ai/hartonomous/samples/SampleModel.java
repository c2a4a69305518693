package ai.hartonomous.samples;

import ai.hartonomous.model.transformer.InitialWeights.Parts;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.Block;
import ai.hartonomous.model.transformer.ModelConfig.Extents;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.ModelConfig.NormConfig;
import ai.hartonomous.model.transformer.ModelConfig.Positions;
import ai.hartonomous.samples.skill.Skill;
import ai.hartonomous.tensor.Activation;
import ai.hartonomous.tensor.Norm;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// The two models that come with the repository: what they learn and how they are built.
public enum SampleModel {
  /// Office work, in the architecture of Llama: grouped heads, rotary positions, gated MLP, RMS
  /// norm.
  CLERK,
  /// Counting and ordering, in the architecture of GPT-2: learned positions, biases, GELU.
  RECKONER;

  /// Longest text in tokens.
  public static final int CONTEXT = 128;

  /// Most tokens of a vocabulary; the words of the skills need fewer.
  public static final int MAX_VOCABULARY = 1024;

  private static final int WIDTH = 128;
  private static final int HEADS = 8;
  private static final int LAYERS = 4;
  private static final double THETA = 10_000;

  /// {@return the name of the folder and on the command line}
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// {@return what it is trained for}
  public List<Skill> skills() {
    List<String> skills =
        switch (this) {
          case CLERK -> List.of("sql", "json", "dates", "logs", "agreement");
          case RECKONER -> List.of("arithmetic", "units", "sorting", "agreement");
        };
    return Skill.all().stream().filter(skill -> skills.contains(skill.name())).toList();
  }

  /// {@return optional parts of its layers}
  public Parts parts() {
    return this == CLERK ? Parts.NONE : Parts.BIASES;
  }

  /// {@return its description}
  ///
  /// @param vocabulary number of tokens
  public ModelConfig config(int vocabulary) {
    int headWidth = WIDTH / HEADS;
    var extents = new Extents(WIDTH, headWidth, vocabulary, vocabulary, CONTEXT);
    float scale = (float) (1 / Math.sqrt(headWidth));
    return switch (this) {
      case CLERK ->
          new ModelConfig(
              "llama",
              extents,
              rotations(headWidth),
              new NormConfig(Norm.Kind.RMS, 1e-5f),
              new Block(false, Activation.SILU, true, true, 0, scale),
              true,
              layers(LayerConfig.grouped(HEADS, HEADS / 2, 384)));
      case RECKONER ->
          new ModelConfig(
              "gpt2",
              extents,
              new Positions.Learned(),
              new NormConfig(Norm.Kind.LAYER, 1e-5f),
              new Block(false, Activation.GELU_TANH, false, true, 0, scale),
              true,
              layers(LayerConfig.grouped(HEADS, HEADS, 512)));
    };
  }

  private static List<LayerConfig> layers(LayerConfig layer) {
    return Collections.nCopies(LAYERS, layer);
  }

  private static Positions rotations(int dims) {
    double[] frequencies = new double[dims / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = Math.pow(THETA, -2.0 * i / dims);
    }
    return new Positions.Rotated(dims, frequencies, THETA, null);
  }
}
