package ai.hartonomous.platform.deployment;

/// Where a deployed agent computes.
public enum DeploymentType {
  /// In the process of the server.
  LOCAL,
  /// In a process of its own beside each server that is asked for it.
  WORKER
}
