package ai.hartonomous.interpret.capture;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.transformer.HookPoint;
import java.util.List;

/// What a folder of stored values holds and where it came from.
///
/// @param source what the values follow from
/// @param points the hook points, in the order of their names
/// @param dtype number format of the shards: F32, F16 or BF16
/// @param rowsPerShard rows of every shard but the last
/// @param rows rows of all shards: the tokens that count, in the order of the corpus
/// @param shards the files, in order
public record CaptureManifest(
    Source source,
    List<Point> points,
    Dtype dtype,
    int rowsPerShard,
    long rows,
    List<Shard> shards) {

  /// Copies the lists.
  public CaptureManifest {
    points = List.copyOf(points);
    shards = List.copyOf(shards);
  }

  /// What the values follow from. The same source gives the same bytes.
  ///
  /// @param model content hash of the checkpoint
  /// @param corpus hash of the documents, {@link Corpus#hash}
  /// @param packing how they became sequences
  /// @param kernels implementation and threads, which decide the last bits
  /// @param tokensPerPass tokens that passed through the model together
  public record Source(
      String model, String corpus, String packing, String kernels, int tokensPerPass) {}

  /// One hook point.
  ///
  /// @param point the place
  /// @param width numbers in a row
  /// @param meanNorm mean of `‖x‖` over all rows
  /// @param rootMeanSquareNorm root of the mean of `‖x‖²` over all rows
  public record Point(HookPoint point, int width, double meanNorm, double rootMeanSquareNorm) {

    /// {@return `√D / E‖x‖`: rows times this have a mean norm of `√D`, the expected-average
    /// normalisation}
    public double expectedAverageScale() {
      return Math.sqrt(width) / meanNorm;
    }
  }

  /// One file.
  ///
  /// @param file its name in the folder
  /// @param rows its rows
  /// @param sha256 over its bytes, 64 hexadecimal digits
  public record Shard(String file, int rows, String sha256) {}

  /// {@return what is stored of one place}
  ///
  /// @param point the place
  /// @throws IllegalArgumentException if it is not stored
  public Point point(HookPoint point) {
    return points.stream()
        .filter(p -> p.point().equals(point))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(point.path() + " is not stored"));
  }
}
