package ai.hartonomous.interpret.capture;

import java.io.IOException;
import java.nio.file.Path;

/// A capture would take more room than there may be.
public final class DiskBudgetException extends IOException {
  private final long neededBytes;
  private final long allowedBytes;

  /// Says how much is missing.
  ///
  /// @param folder where it would stand
  /// @param neededBytes what it takes at most
  /// @param allowedBytes what there is
  /// @param limit what sets that limit
  public DiskBudgetException(Path folder, long neededBytes, long allowedBytes, String limit) {
    super(
        "%s: the capture takes up to %d bytes, %s is %d"
            .formatted(folder, neededBytes, limit, allowedBytes));
    this.neededBytes = neededBytes;
    this.allowedBytes = allowedBytes;
  }

  /// {@return bytes that the capture takes at most}
  public long neededBytes() {
    return neededBytes;
  }

  /// {@return bytes that there are}
  public long allowedBytes() {
    return allowedBytes;
  }
}
