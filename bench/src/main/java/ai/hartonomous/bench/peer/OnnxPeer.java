package ai.hartonomous.bench.peer;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// ONNX Runtime with one model and fixed, preallocated inputs and outputs: a run allocates nothing.
public final class OnnxPeer implements AutoCloseable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> outputs = new LinkedHashMap<>();

  private OnnxPeer(OrtSession session) {
    this.session = session;
  }

  /// {@return ONNX Runtime, ready to run a model with all its graph optimisations}
  ///
  /// @param model `.onnx` file
  /// @param threads threads of one operation
  /// @throws PeerException if the model cannot be loaded
  public static OnnxPeer open(Path model, int threads) throws PeerException {
    try (var options = new SessionOptions()) {
      options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      return new OnnxPeer(OrtEnvironment.getEnvironment().createSession(model.toString(), options));
    } catch (OrtException e) {
      throw failed(e);
    }
  }

  /// {@return name and version}
  public static String version() {
    return "ONNX Runtime " + OrtEnvironment.getEnvironment().getVersion();
  }

  /// {@return the memory of a new input of 64-bit integers}
  ///
  /// @param name in the graph
  /// @param dims its extents
  /// @throws PeerException if ONNX Runtime refuses it
  public ByteBuffer longs(String name, long... dims) throws PeerException {
    return input(name, OnnxJavaType.INT64, dims);
  }

  /// {@return the memory of a new input of 32-bit integers}
  ///
  /// @param name in the graph
  /// @param dims its extents
  /// @throws PeerException if ONNX Runtime refuses it
  public ByteBuffer integers(String name, long... dims) throws PeerException {
    return input(name, OnnxJavaType.INT32, dims);
  }

  /// {@return the memory of a new output of floats}
  ///
  /// @param name in the graph
  /// @param dims its extents
  /// @throws PeerException if ONNX Runtime refuses it
  public ByteBuffer output(String name, long... dims) throws PeerException {
    ByteBuffer memory = memory(OnnxJavaType.FLOAT, dims);
    outputs.put(name, tensor(memory, OnnxJavaType.FLOAT, dims));
    return memory;
  }

  /// Makes one piece of memory an input and an output, so that the model writes in place.
  ///
  /// @param input name of the input
  /// @param output name of the output
  /// @param dims its extents
  /// @throws PeerException if ONNX Runtime refuses it
  public void inPlace(String input, String output, long... dims) throws PeerException {
    OnnxTensor tensor = tensor(memory(OnnxJavaType.FLOAT, dims), OnnxJavaType.FLOAT, dims);
    inputs.put(input, tensor);
    outputs.put(output, tensor);
  }

  private ByteBuffer input(String name, OnnxJavaType type, long... dims) throws PeerException {
    ByteBuffer memory = memory(type, dims);
    inputs.put(name, tensor(memory, type, dims));
    return memory;
  }

  private OnnxTensor tensor(ByteBuffer memory, OnnxJavaType type, long... dims)
      throws PeerException {
    try {
      return OnnxTensor.createTensor(environment, memory, dims, type);
    } catch (OrtException e) {
      throw failed(e);
    }
  }

  private static ByteBuffer memory(OnnxJavaType type, long... dims) {
    long bytes = type.size;
    for (long dim : dims) {
      bytes = Math.multiplyExact(bytes, dim);
    }
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
  }

  /// Runs the model once.
  ///
  /// @throws PeerException if it fails
  public void run() throws PeerException {
    try {
      session.run(inputs, outputs).close();
    } catch (OrtException e) {
      throw failed(e);
    }
  }

  private static PeerException failed(OrtException cause) {
    return new PeerException("ONNX Runtime: " + cause.getMessage(), cause);
  }

  @Override
  public void close() throws PeerException {
    outputs.values().forEach(OnnxTensor::close);
    inputs.values().stream().filter(t -> !t.isClosed()).forEach(OnnxTensor::close);
    try {
      session.close();
    } catch (OrtException e) {
      throw failed(e);
    }
  }
}
