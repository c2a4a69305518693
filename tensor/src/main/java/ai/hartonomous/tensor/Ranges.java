package ai.hartonomous.tensor;

/// Cuts elements, rows or columns into ranges, one for each thread of a team.
///
/// @param team threads
record Ranges(Team team) {

  /// Elements below which the caller computes alone.
  static final long ALONE_ELEMENTS = 1 << 15;

  /// The same for operations as dear as an exponential.
  static final long ALONE_EXPONENTIALS = 1 << 13;

  /// Work on the elements, rows or columns `[from, to)`.
  interface RangeTask {
    void run(int from, int to);
  }

  void over(int size, long alone, RangeTask task) {
    team.run(
        size,
        alone,
        (share, shares) -> task.run(start(size, share, shares), start(size, share + 1, shares)));
  }

  void over(long work, long alone, int pieces, RangeTask task) {
    team.run(
        work,
        alone,
        (share, shares) ->
            task.run(
                Gemm.bound(pieces, 1, share, shares), Gemm.bound(pieces, 1, share + 1, shares)));
  }

  void overRows(Matrix rows, long alone, RangeTask task) {
    over((long) rows.rows() * rows.cols(), alone, rows.rows(), task);
  }

  void overColumns(Matrix rows, RangeTask task) {
    int columns = rows.cols();
    team.run(
        (long) rows.rows() * columns,
        ALONE_ELEMENTS,
        (share, shares) ->
            task.run(start(columns, share, shares), start(columns, share + 1, shares)));
  }

  /// {@return where share `index` of `count` begins, at whole vectors}
  static int start(int size, int index, int count) {
    return Gemm.bound(size, VectorMath.LANES, index, count);
  }
}
