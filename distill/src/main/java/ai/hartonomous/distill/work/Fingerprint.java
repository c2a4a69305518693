package ai.hartonomous.distill.work;

import ai.hartonomous.model.checkpoint.ContentHash;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Weights.Parameter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/// What a stage is made from, as a short text.
public final class Fingerprint {
  private static final int CHUNK = 1 << 14;

  private Fingerprint() {}

  /// {@return a SHA-256 over a model's numbers and their names and shapes, hexadecimal}
  ///
  /// @param model a model in single precision
  public static String of(Model model) {
    MessageDigest digest = ContentHash.sha256();
    ByteBuffer buffer = ByteBuffer.allocate(Float.BYTES * CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    for (Parameter parameter : model.weights().parameters()) {
      String name = "%s %d %d;".formatted(parameter.name(), parameter.rows(), parameter.cols());
      digest.update(name.getBytes(StandardCharsets.UTF_8));
      float[] data = parameter.data();
      for (int from = 0; from < data.length; from += CHUNK) {
        int count = Math.min(CHUNK, data.length - from);
        buffer.asFloatBuffer().put(data, from, count);
        digest.update(buffer.array(), 0, Float.BYTES * count);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
