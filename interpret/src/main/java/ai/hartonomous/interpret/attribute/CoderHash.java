package ai.hartonomous.interpret.attribute;

import ai.hartonomous.interpret.transcoder.CoderActivation;
import ai.hartonomous.interpret.transcoder.CoderWeights;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.tensor.Matrix;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Names a list of coders by their numbers, whatever file they came from.
public final class CoderHash {

  private CoderHash() {}

  /// {@return SHA-256 over hook points, activation and every number, 64 hexadecimal digits}
  ///
  /// @param coders the coders; their order counts
  public static String of(List<SparseCoder> coders) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    for (SparseCoder coder : coders) {
      add(digest, coder.reads().path() + ' ' + coder.writes().path() + ' ');
      switch (coder.activation()) {
        case CoderActivation.TopK(int k) -> add(digest, "topk " + k);
        case CoderActivation.JumpRelu(float[] thresholds) -> {
          add(digest, "jumprelu");
          add(digest, thresholds);
        }
        case CoderActivation.Relu() -> add(digest, "relu");
      }
      CoderWeights weights = coder.weights();
      add(digest, weights.encoder());
      add(digest, weights.encoderBias());
      add(digest, weights.decoder());
      add(digest, weights.decoderBias());
      add(digest, weights.inputBias());
      add(digest, weights.skip());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void add(MessageDigest digest, @Nullable Matrix matrix) {
    if (matrix == null) {
      add(digest, (float[]) null);
      return;
    }
    float[] row = new float[matrix.cols()];
    for (int r = 0; r < matrix.rows(); r++) {
      matrix.readRow(r, row, 0);
      add(digest, row);
    }
  }

  private static void add(MessageDigest digest, float @Nullable [] numbers) {
    if (numbers == null) {
      add(digest, "none");
      return;
    }
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(4, numbers.length));
    for (float number : numbers) {
      bytes.putFloat(number);
    }
    digest.update(bytes.array());
  }
}
