package ai.hartonomous.model.transformer;

import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.Transformer.Segment;
import ai.hartonomous.tensor.AttentionShape;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;

/// The attention of sequences that grow, each with its own cache: all of them as one task, since
/// one token of one sequence is little work.
final class CachedAttention {
  private CachedAttention() {}

  /// Appends the new keys and values to the caches and fills the outputs of the heads.
  static void attend(
      Transformer transformer, int l, List<Segment> segments, Trace trace, Hooks hooks) {
    Trace.Layer t = trace.layer(l);
    LayerConfig layer = transformer.config().layers().get(l);
    List<AttentionShape> shapes = new ArrayList<>();
    int size = 0;
    int row = 0;
    for (Segment segment : segments) {
      int count = segment.ids().length;
      segment.cache().append(l, t.key, t.value, row, count);
      int keys = segment.cache().length() + count;
      AttentionShape shape = transformer.shape(layer, 1, count, keys);
      shapes.add(shape);
      size = Math.addExact(size, shape.patternSize());
      row += count;
    }
    t.pattern = Trace.grown(t.pattern, size, 1);
    List<Kernels.Attended> all = attended(t, l, segments, shapes);
    transformer.kernels().attentionPatterns(all);
    for (Kernels.Attended one : all) {
      int rows = one.shape().queries() * layer.heads();
      int keys = one.shape().keys();
      hooks.at(
          new HookPoint(Site.ATTENTION_PATTERN, l),
          new Matrix(t.pattern, one.patternAt(), rows, keys, keys, 1));
    }
    transformer.kernels().attentionOutputs(all);
  }

  private static List<Kernels.Attended> attended(
      Trace.Layer t, int l, List<Segment> segments, List<AttentionShape> shapes) {
    List<Kernels.Attended> all = new ArrayList<>();
    int at = 0;
    int patternAt = 0;
    for (int s = 0; s < shapes.size(); s++) {
      AttentionShape shape = shapes.get(s);
      float[] keys = segments.get(s).cache().keys(l);
      float[] values = segments.get(s).cache().values(l);
      all.add(
          new Kernels.Attended(shape, t.query, t.heads, at, keys, values, t.pattern, patternAt));
      at += shape.queries() * shape.heads() * shape.headWidth();
      patternAt += shape.patternSize();
    }
    return all;
  }
}
