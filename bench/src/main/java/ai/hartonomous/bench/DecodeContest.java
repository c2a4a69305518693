package ai.hartonomous.bench;

import ai.hartonomous.bench.onnx.LlamaGraph;
import ai.hartonomous.bench.onnx.LlamaGraph.Format;
import ai.hartonomous.bench.peer.OnnxPeer;
import ai.hartonomous.bench.peer.PeerException;
import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.Model;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;

/// Decoding one sequence of a 15 million parameter Llama token by token, from an empty cache,
/// beside ONNX Runtime.
///
/// @param format number format of the linear maps on both sides
record DecodeContest(Format format) implements Contest {
  private static final int TOKENS = 128;
  private static final double BAR = 1.0;
  private static final double FLOAT_TOLERANCE = 1e-3;

  /// ONNX Runtime rounds the inputs of every product to 8 bits too, so each is off by up to 1/254
  /// of the largest in its block.
  private static final double BYTE_TOLERANCE = 4e-2;

  @Override
  public String name() {
    return format == Format.FLOAT ? "decode llama-15m fp32" : "decode llama-15m 8bit";
  }

  @Override
  public String unit() {
    return "tokens/s";
  }

  @Override
  public double amount() {
    return TOKENS;
  }

  @Override
  public Entry open(int threads, Scratch scratch) throws IOException {
    Model model = Shapes.llama15M(1);
    int[] ids = Shapes.ids(4, TOKENS, model.config().extents().vocabulary());
    Path file = scratch.file("llama.onnx");
    LlamaGraph.write(model, format, TOKENS, file);
    double tolerance = format == Format.FLOAT ? FLOAT_TOLERANCE : BYTE_TOLERANCE;
    Contender peer = new Peer(OnnxPeer.open(file, threads), model, ids);
    Model ours = format == Format.FLOAT ? model : Shapes.inBytes(model);
    return new Entry(
        OurDecoder.of(ours, ids, threads), List.of(new Rival(peer, BAR, tolerance)), List.of());
  }

  private static final class Peer implements Contender {
    private final OnnxPeer peer;
    private final int[] ids;
    private final ByteBuffer id;
    private final ByteBuffer last;
    private final ByteBuffer length;
    private final FloatBuffer logits;

    Peer(OnnxPeer peer, Model model, int[] ids) throws PeerException {
      this.peer = peer;
      this.ids = ids;
      id = peer.longs("id", 1, 1);
      last = peer.integers("last", 1);
      length = peer.integers("length", 1);
      logits = peer.output("logits", 1, 1, model.config().extents().outputs()).asFloatBuffer();
      int k = model.config().extents().headWidth();
      List<LayerWeights> layers = model.weights().layers();
      for (int l = 0; l < layers.size(); l++) {
        int groups = model.config().layers().get(l).keyHeads();
        peer.inPlace("keys." + l, "newKeys." + l, 1, groups, TOKENS, k);
        peer.inPlace("values." + l, "newValues." + l, 1, groups, TOKENS, k);
      }
    }

    @Override
    public String name() {
      return OnnxPeer.version();
    }

    @Override
    public void turn() throws PeerException {
      for (int t = 0; t < ids.length; t++) {
        id.putLong(0, ids[t]);
        last.putInt(0, t);
        length.putInt(0, t + 1);
        peer.run();
      }
    }

    @Override
    public float[][] samples() {
      float[] sample = new float[logits.capacity()];
      logits.get(0, sample);
      return new float[][] {sample};
    }

    @Override
    public void close() throws PeerException {
      peer.close();
    }
  }
}
