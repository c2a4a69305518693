package ai.hartonomous.bench;

import ai.hartonomous.bench.onnx.GptGraph;
import ai.hartonomous.bench.peer.OnnxPeer;
import ai.hartonomous.bench.peer.PeerException;
import ai.hartonomous.bench.peer.TorchPeer;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.Weights.Parameter;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// GPT-2 small on a batch, and the peers that run it.
///
/// @param model the model
/// @param sequences `B`
/// @param length `T`
/// @param ids token ids `[B T]`
record GptWork(Model model, int sequences, int length, int[] ids) {
  /// Logits that are compared: of the last row, spread over the vocabulary.
  static final int SAMPLES = 500;

  static final int STEP = 100;
  private static final int CHUNK_FLOATS = 1 << 16;

  static GptWork create() {
    Model model = Shapes.gpt2Small(1);
    int vocabulary = model.config().extents().vocabulary();
    return new GptWork(model, 8, 128, Shapes.ids(3, 8 * 128, vocabulary));
  }

  int rows() {
    return sequences * length;
  }

  /// {@return the logits of the last row that are compared}
  static float[] sample(Matrix logits) {
    float[] sample = new float[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      sample[i] = logits.at(logits.rows() - 1, i * STEP);
    }
    return sample;
  }

  /// ONNX Runtime with this model.
  Contender onnx(int threads, Scratch scratch) throws IOException {
    Path file = scratch.file("gpt2.onnx");
    GptGraph.write(model, sequences, length, file);
    OnnxPeer peer = OnnxPeer.open(file, threads);
    ByteBuffer input = peer.longs("ids", rows());
    for (int id : ids) {
      input.putLong(id);
    }
    int vocabulary = model.config().extents().vocabulary();
    FloatBuffer logits = peer.output("logits", rows(), vocabulary).asFloatBuffer();
    return new Onnx(peer, logits.slice((rows() - 1) * vocabulary, vocabulary));
  }

  private record Onnx(OnnxPeer peer, FloatBuffer lastRow) implements Contender {
    @Override
    public String name() {
      return OnnxPeer.version();
    }

    @Override
    public void turn() throws PeerException {
      peer.run();
    }

    @Override
    public float[][] samples() {
      float[] sample = new float[SAMPLES];
      for (int i = 0; i < SAMPLES; i++) {
        sample[i] = lastRow.get(i * STEP);
      }
      return new float[][] {sample};
    }

    @Override
    public void close() throws PeerException {
      peer.close();
    }
  }

  /// PyTorch with this model.
  ///
  /// @param interpreter Python with PyTorch
  /// @param orders what it does in a turn, and what it is asked for afterwards
  Contender torch(String interpreter, int threads, Scratch scratch, Orders orders)
      throws IOException {
    Path weights = scratch.file("gpt2.weights");
    write(weights);
    ModelConfig.Extents extents = model.config().extents();
    String allIds = Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(","));
    int layers = model.config().layers().size();
    int heads = model.config().layers().getFirst().heads();
    List<String> arguments =
        List.of(
            weights.toString(),
            Integer.toString(layers),
            Integer.toString(extents.width()),
            Integer.toString(heads),
            Integer.toString(extents.vocabulary()),
            Integer.toString(extents.positions()),
            Integer.toString(sequences),
            Integer.toString(length),
            Float.toString(Shapes.EPSILON),
            allIds);
    return new Torch(TorchPeer.start(interpreter, scratch, threads, arguments), orders);
  }

  /// Lines for the PyTorch process.
  ///
  /// @param work does the work once
  /// @param samples each asks for numbers of one tensor of the result
  record Orders(String work, List<String> samples) {}

  private record Torch(TorchPeer peer, Orders orders) implements Contender {
    @Override
    public String name() {
      return peer.version();
    }

    @Override
    public void turn() throws PeerException {
      peer.ask(orders.work);
    }

    @Override
    public float[][] samples() throws PeerException {
      float[][] samples = new float[orders.samples.size()][];
      for (int s = 0; s < samples.length; s++) {
        String[] numbers = peer.ask(orders.samples.get(s)).split(" ");
        samples[s] = new float[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
          samples[s][i] = Float.parseFloat(numbers[i]);
        }
      }
      return samples;
    }

    @Override
    public void close() {
      peer.close();
    }
  }

  /// All weights as little-endian floats, one tensor after the other.
  private void write(Path file) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocateDirect(4 * CHUNK_FLOATS).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (Parameter parameter : model.weights().parameters()) {
        float[] data = parameter.data();
        for (int from = 0; from < data.length; from += CHUNK_FLOATS) {
          int count = Math.min(CHUNK_FLOATS, data.length - from);
          chunk.clear().limit(4 * count);
          chunk.asFloatBuffer().put(data, from, count);
          while (chunk.hasRemaining()) {
            out.write(chunk);
          }
        }
      }
    }
  }
}
