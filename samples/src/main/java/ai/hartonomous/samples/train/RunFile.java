package ai.hartonomous.samples.train;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/// Stores a run so that it continues bit for bit.
///
/// Big-endian fields: magic `HTRN` (4 bytes), version 1 (int), recipe as text (UTF with length),
/// steps (int), tokens (long), number of skills (int), for each its drawn exercises (long) and
/// failure (double), number of curve points (int), for each step (int), tokens (long), loss and
/// rate (double), then the weights and the moments of the optimiser as floats in the model's order,
/// each with its length (int), and the CRC-32 of all that (long). The file is written beside its
/// place and moved there.
final class RunFile {
  private static final int MAGIC = 0x4854524e;
  private static final int VERSION = 1;

  private RunFile() {}

  static void write(Training run, LossCurve curve, Path file) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".part");
    var check = new CRC32();
    try (var out =
        new DataOutputStream(
            new CheckedOutputStream(
                new BufferedOutputStream(Files.newOutputStream(fresh)), check))) {
      out.writeInt(MAGIC);
      out.writeInt(VERSION);
      out.writeUTF(run.recipe().toString());
      out.writeInt(run.optimiser().steps());
      out.writeLong(run.tokens());
      writeProgress(run.curriculum(), curve, out);
      for (float[] numbers : numbers(run)) {
        out.writeInt(numbers.length);
        ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length);
        bytes.asFloatBuffer().put(numbers);
        out.write(bytes.array());
      }
      out.writeLong(check.getValue());
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void writeProgress(Curriculum curriculum, LossCurve curve, DataOutputStream out)
      throws IOException {
    out.writeInt(curriculum.drawn().length);
    for (int s = 0; s < curriculum.drawn().length; s++) {
      out.writeLong(curriculum.drawn()[s]);
      out.writeDouble(curriculum.failure()[s]);
    }
    out.writeInt(curve.points().size());
    for (LossCurve.Point point : curve.points()) {
      out.writeInt(point.step());
      out.writeLong(point.tokens());
      out.writeDouble(point.loss());
      out.writeDouble(point.rate());
    }
  }

  /// Restores a run.
  ///
  /// @param run a fresh run with the recipe and model of the stored one
  /// @param curve empty
  /// @param file what {@link #write} wrote
  /// @throws RunFileException if the file is damaged or of another recipe or model
  static void read(Training run, LossCurve curve, Path file) throws IOException {
    var check = new CRC32();
    try (var in =
        new DataInputStream(
            new CheckedInputStream(new BufferedInputStream(Files.newInputStream(file)), check))) {
      expect(file, "magic and version", MAGIC + "/" + VERSION, in.readInt() + "/" + in.readInt());
      expect(file, "recipe", run.recipe().toString(), in.readUTF());
      int steps = in.readInt();
      long tokens = in.readLong();
      readProgress(run.curriculum(), curve, in, file);
      for (float[] numbers : numbers(run)) {
        expect(file, "tensor length", numbers.length, in.readInt());
        byte[] bytes = new byte[4 * numbers.length];
        in.readFully(bytes);
        ByteBuffer.wrap(bytes).asFloatBuffer().get(numbers);
      }
      long sum = check.getValue();
      expect(file, "check sum", sum, in.readLong());
      run.resume(steps, tokens);
    } catch (EOFException e) {
      throw new RunFileException(file + ": ends too early");
    }
  }

  private static void readProgress(
      Curriculum curriculum, LossCurve curve, DataInputStream in, Path file) throws IOException {
    expect(file, "number of skills", curriculum.drawn().length, in.readInt());
    for (int s = 0; s < curriculum.drawn().length; s++) {
      curriculum.drawn()[s] = in.readLong();
      curriculum.failure()[s] = in.readDouble();
    }
    int points = in.readInt();
    for (int p = 0; p < points; p++) {
      curve.add(new LossCurve.Point(in.readInt(), in.readLong(), in.readDouble(), in.readDouble()));
    }
  }

  private static void expect(Path file, String what, Object expected, Object found)
      throws RunFileException {
    if (!expected.equals(found)) {
      throw new RunFileException(
          "%s: %s: expected %s, found %s".formatted(file, what, expected, found));
    }
  }

  private static List<float[]> numbers(Training run) {
    List<float[]> all = new ArrayList<>();
    run.model().weights().parameters().forEach(p -> all.add(p.data()));
    all.addAll(run.optimiser().moments());
    return all;
  }
}
