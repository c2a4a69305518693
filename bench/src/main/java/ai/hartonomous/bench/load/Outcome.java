package ai.hartonomous.bench.load;

import org.jspecify.annotations.Nullable;

/// How the server did one operation.
///
/// @param database what it kept its rows in
/// @param operation name of the operation
/// @param rate requests per second
/// @param rateBar what it had to be, 0 where only the time counts
/// @param p50Millis half of the answers came in this time
/// @param p99Millis 99 of 100 answers came in this time
/// @param p99BarMillis what that had to be
/// @param errors answers with a status of 400 or above, and failed connections
/// @param serverCpuMillis processor time of the server for each request
/// @param databaseCpuMillis processor time of the database's own processes for each request; null
///   where that is not known
/// @param heapBytes heap in use at the end, garbage included
/// @param peakBytes most memory of the server that was resident since it started
/// @param elsewhere share of all processor time that went to others than server, database and load
///   generator: above a few hundredths the machine was not quiet
record Outcome(
    String database,
    String operation,
    double rate,
    int rateBar,
    double p50Millis,
    double p99Millis,
    int p99BarMillis,
    long errors,
    double serverCpuMillis,
    @Nullable Double databaseCpuMillis,
    long heapBytes,
    long peakBytes,
    double elsewhere) {

  /// {@return whether rate, time and errors are as they must be}
  boolean met() {
    return rate >= rateBar && p99Millis <= p99BarMillis && errors == 0;
  }
}
