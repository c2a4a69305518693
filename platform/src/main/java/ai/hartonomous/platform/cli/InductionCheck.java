package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.probe.Component.Kind;
import ai.hartonomous.interpret.probe.ProbeSpace;
import ai.hartonomous.interpret.probe.ProbeTexts;
import ai.hartonomous.interpret.probe.ResponseMeter;
import ai.hartonomous.interpret.probe.Responses;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Does searching with repeated sequences find induction heads? The truth is where heads look: from
/// a token of the second copy to the token after the same one in the first.
final class InductionCheck {
  /// Mean attention above which a head counts as an induction head.
  static final double BAR = 0.4;

  private static final int LONGEST_HALF = 12;
  private static final int SEQUENCES = 64;

  private final Transformer transformer;
  private final int half;
  private final SplittableRandom random;

  InductionCheck(Transformer transformer, long seed) {
    this.transformer = transformer;
    half = Math.min(LONGEST_HALF, transformer.config().extents().positions() / 2);
    random = new SplittableRandom(seed);
  }

  /// What was found for one head.
  ///
  /// @param path name of the head
  /// @param attention mean attention of the induction pattern, from 0 to 1
  /// @param cosine with the search for repeated sequences
  /// @param contrast with the search for repeated sequences less that for the same tokens in random
  ///   order
  record Head(String path, double attention, double cosine, double contrast) {}

  /// {@return what was found for every head, in order}
  ///
  /// @param probes ids of the probe texts; none for random sequences, half of them repeated
  List<Head> run(List<int[]> probes) throws InterruptedException {
    List<int[]> repeated = new ArrayList<>();
    List<int[]> shuffled = new ArrayList<>();
    for (int s = 0; s < SEQUENCES; s++) {
      repeated.add(repeated());
      shuffled.add(shuffled(repeated.getLast()));
    }
    var meter = new ResponseMeter(transformer, List.of(), 0);
    List<int[]> texts = probes.isEmpty() ? random() : probes;
    var space = new ProbeSpace(meter.measure(texts, done -> {}));
    float[] query = space.embed(meter.measure(repeated, done -> {}));
    Responses others = meter.measure(shuffled, done -> {});
    float[] without = space.embed(others);
    float[] contrast = new float[query.length];
    for (int p = 0; p < contrast.length; p++) {
      contrast[p] = query[p] - without[p];
    }
    double[] cosines = space.cosines(query);
    double[] contrasts = space.cosines(contrast);
    double[][] attention = attention(repeated);
    List<Head> heads = new ArrayList<>();
    int c = 0;
    for (double[] layer : attention) {
      for (double value : layer) {
        String path = space.components().get(c).path();
        if (space.components().get(c).kind() != Kind.HEAD) {
          throw new IllegalStateException(path + " is no head");
        }
        heads.add(new Head(path, value, cosines[c], contrasts[c]));
        c++;
      }
    }
    return heads;
  }

  private int[] repeated() {
    int vocabulary = transformer.config().extents().vocabulary();
    int[] first = random.ints(0, vocabulary).distinct().limit(half).toArray();
    int[] ids = new int[2 * half];
    System.arraycopy(first, 0, ids, 0, half);
    System.arraycopy(first, 0, ids, half, half);
    return ids;
  }

  private int[] shuffled(int[] ids) {
    int[] result = ids.clone();
    for (int i = result.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = result[i];
      result[i] = result[j];
      result[j] = kept;
    }
    return result;
  }

  private List<int[]> random() {
    List<int[]> texts = new ArrayList<>();
    int vocabulary = transformer.config().extents().vocabulary();
    for (int p = 0; p < ProbeTexts.COUNT; p++) {
      texts.add(p % 2 == 0 ? repeated() : random.ints(2L * half, 0, vocabulary).toArray());
    }
    return texts;
  }

  /// {@return mean attention of the induction pattern of every head of every layer}
  private double[][] attention(List<int[]> sequences) {
    ModelConfig config = transformer.config();
    double[][] sums = new double[config.layers().size()][];
    for (int l = 0; l < sums.length; l++) {
      sums[l] = new double[config.layers().get(l).heads()];
    }
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    int tokens = 2 * half;
    for (int[] ids : sequences) {
      transformer.forward(
          Batch.of(ids),
          trace,
          (point, pattern) -> {
            if (point.site() != Site.ATTENTION_PATTERN) {
              return;
            }
            double[] layer = sums[point.layer()];
            for (int h = 0; h < layer.length; h++) {
              for (int t = half; t < tokens; t++) {
                layer[h] +=
                    pattern.at(h * tokens + t, t - half + 1) / ((double) half * sequences.size());
              }
            }
          });
    }
    return sums;
  }
}
