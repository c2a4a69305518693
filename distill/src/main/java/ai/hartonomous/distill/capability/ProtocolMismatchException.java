package ai.hartonomous.distill.capability;

import java.io.IOException;

/// Two figures were measured differently and cannot be compared.
public final class ProtocolMismatchException extends IOException {
  private final String setting;

  /// Says what differs.
  ///
  /// @param setting which part of the {@link Protocol}
  /// @param one its value for the first figure
  /// @param other its value for the second figure
  public ProtocolMismatchException(String setting, String one, String other) {
    super(
        "figures measured with different settings cannot be compared: %s is %s in one, %s in the other"
            .formatted(setting, one, other));
    this.setting = setting;
  }

  /// {@return which part of the protocol differs: `metric`, `shots`, `seed`, `template` or `items`}
  public String setting() {
    return setting;
  }
}
