package ai.hartonomous.bench;

import ai.hartonomous.bench.onnx.StepGraph;
import ai.hartonomous.bench.onnx.StepGraph.Extents;
import ai.hartonomous.bench.onnx.StepGraph.Format;
import ai.hartonomous.bench.peer.OnnxPeer;
import ai.hartonomous.bench.peer.PeerException;
import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig.Positions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// ONNX Runtime reading sequences side by side, `S` tokens of each in a step, from empty caches.
final class OnnxSteps implements Contender {
  private final OnnxPeer peer;
  private final int[][] ids;
  private final int tokens;
  private final ByteBuffer id;
  private final @Nullable ByteBuffer place;
  private final ByteBuffer last;
  private final ByteBuffer length;
  private final FloatBuffer logits;

  /// Prepares.
  ///
  /// @param work what to read
  /// @param format number format of the linear maps
  /// @param threads threads of one operation
  /// @param file new file for the model
  static OnnxSteps open(SideBySide work, Format format, int threads, Path file) throws IOException {
    var extents = new Extents(work.ids().length, work.tokensInStep(), work.ids()[0].length);
    StepGraph.write(work.model(), format, extents, file);
    return new OnnxSteps(OnnxPeer.open(file, threads), work);
  }

  private OnnxSteps(OnnxPeer peer, SideBySide work) throws PeerException {
    this.peer = peer;
    ids = work.ids();
    tokens = work.tokensInStep();
    Model model = work.model();
    int b = ids.length;
    id = peer.longs("id", b, tokens);
    boolean learned = model.config().positions() instanceof Positions.Learned;
    place = learned ? peer.longs("place", 1, tokens) : null;
    last = peer.integers("last", b);
    length = peer.integers("length", 1);
    logits = peer.output("logits", b, 1, model.config().extents().outputs()).asFloatBuffer();
    int k = model.config().extents().headWidth();
    int capacity = ids[0].length;
    List<LayerWeights> layers = model.weights().layers();
    for (int l = 0; l < layers.size(); l++) {
      int groups = model.config().layers().get(l).keyHeads();
      peer.inPlace("keys." + l, "newKeys." + l, b, groups, capacity, k);
      peer.inPlace("values." + l, "newValues." + l, b, groups, capacity, k);
    }
  }

  @Override
  public String name() {
    return OnnxPeer.version();
  }

  @Override
  public void turn() throws PeerException {
    for (int from = 0; from < ids[0].length; from += tokens) {
      for (int b = 0; b < ids.length; b++) {
        for (int t = 0; t < tokens; t++) {
          id.putLong(Long.BYTES * (b * tokens + t), ids[b][from + t]);
        }
        last.putInt(Integer.BYTES * b, from + tokens - 1);
      }
      for (int t = 0; place != null && t < tokens; t++) {
        place.putLong(Long.BYTES * t, from + t);
      }
      length.putInt(0, from + tokens);
      peer.run();
    }
  }

  @Override
  public float[][] samples() {
    float[][] samples = new float[ids.length][logits.capacity() / ids.length];
    for (int b = 0; b < ids.length; b++) {
      logits.get(b * samples[b].length, samples[b]);
    }
    return samples;
  }

  @Override
  public void close() throws PeerException {
    peer.close();
  }
}
