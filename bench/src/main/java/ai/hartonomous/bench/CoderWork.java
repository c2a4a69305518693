package ai.hartonomous.bench;

import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// First weights, inputs and targets of a skip transcoder's training steps.
///
/// @param encoder `[F, D]`, rows of norm about 1
/// @param decoder `[F, D]`, rows of norm about 0.1
/// @param x `[R, D]`
/// @param y `[R, D]`
record CoderWork(Matrix encoder, Matrix decoder, Matrix x, Matrix y) {
  static final int ROWS = 2048;
  static final int WIDTH = 512;
  static final int LATENTS = 16_384;
  static final int ACTIVE = 32;
  static final float RATE = 1e-4f;

  static CoderWork create() {
    // Uniform in [-1, 1): a variance of 1/3.
    float unit = (float) Math.sqrt(3.0 / WIDTH);
    return new CoderWork(
        scaled(Shapes.uniform(1, LATENTS, WIDTH), unit),
        scaled(Shapes.uniform(2, LATENTS, WIDTH), 0.1f * unit),
        Shapes.uniform(3, ROWS, WIDTH),
        Shapes.uniform(4, ROWS, WIDTH));
  }

  private static Matrix scaled(Matrix m, float factor) {
    for (int i = 0; i < m.data().length; i++) {
      m.data()[i] *= factor;
    }
    return m;
  }

  /// Writes all four as little-endian floats, one after the other.
  void write(Path file) throws IOException {
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (Matrix m : List.of(encoder, decoder, x, y)) {
        ByteBuffer bytes =
            ByteBuffer.allocateDirect(4 * m.data().length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(m.data());
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
    }
  }
}
