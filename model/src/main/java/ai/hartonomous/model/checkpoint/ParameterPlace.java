package ai.hartonomous.model.checkpoint;

import java.util.stream.IntStream;

/// Where a weight of a model stands in a checkpoint. Several may share a tensor, where query, key
/// and value are fused.
///
/// @param parameter name of the weight, as in {@link
///   ai.hartonomous.model.transformer.Weights#parameters}
/// @param tensor name of the tensor
/// @param order order of the numbers in the tensor
/// @param rows row of the tensor that each row of the weight stands in, `[rows]`; of a vector, each
///   number
/// @param columns column of the tensor that each column stands in, `[columns]`; `[1]` of a vector
public record ParameterPlace(
    String parameter, String tensor, Order order, int[] rows, int[] columns) {

  /// Order of the numbers in a tensor.
  public enum Order {
    /// `[rows, columns]`.
    ROWS,
    /// `[columns, rows]`.
    TRANSPOSED,
    /// `[heads, columns, rows of a head]`; rows count through all heads.
    HEADS
  }

  static ParameterPlace of(String parameter, Place place) {
    Order order =
        switch (place.form()) {
          case ROWS -> Order.ROWS;
          case TRANSPOSED -> Order.TRANSPOSED;
          case HEADS -> Order.HEADS;
        };
    return new ParameterPlace(
        parameter, place.tensor(), order, stored(place.rows()), stored(place.cols()));
  }

  private static int[] stored(Units units) {
    return IntStream.range(0, units.size()).map(units::storedRow).toArray();
  }
}
