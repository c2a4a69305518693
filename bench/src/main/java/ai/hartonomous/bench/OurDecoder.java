package ai.hartonomous.bench;

import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.KvCache;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Transformer.Segment;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Our transformer, reading given sequences with caches, as the server does: tokens of all
/// sequences in one pass, prompts one after the other in pieces.
final class OurDecoder implements Contender {

  /// Tokens of a prompt in one pass.
  private static final int PIECE = 128;

  private final String name;
  private final Kernels kernels;
  private final Transformer transformer;
  private final Trace trace;
  private final List<KvCache> caches = new ArrayList<>();
  private final SideBySide work;
  private final float[][] samples;

  /// Prepares.
  ///
  /// @param name who it is
  /// @param model what computes, in any number format
  /// @param work what is read; its own model does not count
  /// @param kernels computes; closed with this
  OurDecoder(String name, Model model, SideBySide work, Kernels kernels) {
    this.name = name;
    this.work = work;
    this.kernels = kernels;
    transformer = new Transformer(model, kernels);
    trace = transformer.trace(Trace.Keep.INFERENCE);
    for (int[] ids : work.ids()) {
      caches.add(new KvCache(model.config(), ids.length));
    }
    samples = new float[caches.size()][model.config().extents().outputs()];
  }

  /// {@return a decoder that is called by its kernels}
  static OurDecoder of(Model model, SideBySide work, int threads) {
    Kernels kernels = Kernels.of(threads);
    return new OurDecoder(kernels.getClass().getSimpleName(), model, work, kernels);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void turn() {
    caches.forEach(cache -> cache.truncate(0));
    if (work.tokensInStep() > 1) {
      for (int s = 0; s < caches.size(); s++) {
        readPrompt(s);
      }
    } else {
      decode();
    }
  }

  private void readPrompt(int s) {
    int[] ids = work.ids()[s];
    for (int from = 0; from < ids.length; from += PIECE) {
      int[] piece = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + PIECE));
      Matrix logits = transformer.extend(piece, caches.get(s), trace, Hooks.NONE);
      if (from + PIECE >= ids.length) {
        logits.readRow(0, samples[s], 0);
      }
    }
  }

  private void decode() {
    int tokens = work.ids()[0].length;
    for (int t = 0; t < tokens; t++) {
      List<Segment> segments = new ArrayList<>();
      for (int s = 0; s < caches.size(); s++) {
        segments.add(new Segment(new int[] {work.ids()[s][t]}, caches.get(s)));
      }
      Matrix logits = transformer.extend(segments, trace, Hooks.NONE);
      if (t == tokens - 1) {
        for (int s = 0; s < samples.length; s++) {
          logits.readRow(s, samples[s], 0);
        }
      }
    }
  }

  @Override
  public float[][] samples() {
    return samples;
  }

  @Override
  public void close() {
    kernels.close();
  }
}
