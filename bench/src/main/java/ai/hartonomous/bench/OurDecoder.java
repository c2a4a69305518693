package ai.hartonomous.bench;

import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.KvCache;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;

/// Our transformer, reading given tokens one by one with a cache.
final class OurDecoder implements Contender {
  private final String name;
  private final Kernels kernels;
  private final Transformer transformer;
  private final Trace trace;
  private final KvCache cache;
  private final int[] ids;
  private Matrix logits = Matrix.zeros(0, 0);

  OurDecoder(String name, Model model, int[] ids, Kernels kernels) {
    this.name = name;
    this.kernels = kernels;
    this.ids = ids;
    transformer = new Transformer(model, kernels);
    trace = transformer.trace(Trace.Keep.INFERENCE);
    cache = new KvCache(model.config(), ids.length);
  }

  /// {@return a decoder that is called by its kernels}
  static OurDecoder of(Model model, int[] ids, int threads) {
    Kernels kernels = Kernels.of(threads);
    return new OurDecoder(kernels.getClass().getSimpleName(), model, ids, kernels);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void turn() {
    cache.truncate(0);
    for (int id : ids) {
      logits = transformer.extend(new int[] {id}, cache, trace, Hooks.NONE);
    }
  }

  @Override
  public float[][] samples() {
    float[] sample = new float[logits.cols()];
    logits.readRow(0, sample, 0);
    return new float[][] {sample};
  }

  @Override
  public void close() {
    kernels.close();
  }
}
