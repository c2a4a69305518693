package ai.hartonomous.interpret.attribute;

import ai.hartonomous.interpret.transcoder.CoderActivation;
import ai.hartonomous.interpret.transcoder.CoderWeights;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Transcoders that know nothing. Conservation holds for them as for trained ones: what they miss
/// is error.
final class RandomCoders {

  /// Whether coders have a skip path.
  enum Skip {
    WITH_SKIP,
    WITHOUT_SKIP
  }

  private RandomCoders() {}

  /// {@return one coder for every MLP, of alternating kinds, each with an input bias or none}
  static List<SparseCoder> of(ModelConfig config, int latents, int k, Skip skip, long seed) {
    var random = new SplittableRandom(seed);
    List<SparseCoder> coders = new ArrayList<>();
    for (int l = 0; l < config.layers().size(); l++) {
      if (config.layers().get(l).neurons() == 0) {
        continue;
      }
      int d = config.width();
      double scale = 1 / Math.sqrt(d);
      float[] thresholds = vector(random, latents, 0.1);
      for (int i = 0; i < latents; i++) {
        thresholds[i] = Math.abs(thresholds[i]);
      }
      coders.add(
          new SparseCoder(
              new HookPoint(Site.MLP_INPUT, l),
              new HookPoint(Site.MLP_OUTPUT, l),
              l % 2 == 0 ? new CoderActivation.TopK(k) : new CoderActivation.JumpRelu(thresholds),
              new CoderWeights(
                  Matrix.of(vector(random, latents * d, scale), latents, d),
                  vector(random, latents, 0.1),
                  Matrix.of(vector(random, latents * d, scale), latents, d),
                  vector(random, d, 0.1),
                  l % 2 == 0 ? vector(random, d, 0.1) : null,
                  skip == Skip.WITH_SKIP ? Matrix.of(vector(random, d * d, scale), d, d) : null)));
    }
    return coders;
  }

  private static float[] vector(SplittableRandom random, int size, double scale) {
    float[] vector = new float[size];
    for (int i = 0; i < size; i++) {
      vector[i] = (float) (scale * random.nextGaussian());
    }
    return vector;
  }

  /// {@return token ids}
  static int[] ids(ModelConfig config, int count, long seed) {
    return new SplittableRandom(seed).ints(count, 0, config.extents().vocabulary()).toArray();
  }
}
