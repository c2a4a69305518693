package ai.hartonomous.platform.metering;

/// What a call takes, in the units that are counted.
///
/// @param input tokens of prompts, those that were read before included
/// @param cached how many of them had been read before
/// @param output tokens of answers
/// @param calls requests
/// @param computeMicros time of computing, in microseconds
public record Use(long input, long cached, long output, long calls, long computeMicros) {

  /// Nothing.
  public static final Use NONE = new Use(0, 0, 0, 0, 0);

  /// Checks.
  ///
  /// @throws IllegalArgumentException if a number is below 0, or more was cached than read
  public Use {
    if (input < 0 || cached < 0 || cached > input || output < 0 || calls < 0 || computeMicros < 0) {
      throw new IllegalArgumentException(
          "a use of %d (%d cached) and %d tokens, %d calls, %d us"
              .formatted(input, cached, output, calls, computeMicros));
    }
  }

  /// {@return both together}
  ///
  /// @param other what to add
  public Use plus(Use other) {
    return new Use(
        input + other.input,
        cached + other.cached,
        output + other.output,
        calls + other.calls,
        computeMicros + other.computeMicros);
  }

  /// {@return all tokens}
  public long tokens() {
    return input + output;
  }
}
