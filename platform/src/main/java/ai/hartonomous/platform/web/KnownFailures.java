package ai.hartonomous.platform.web;

import java.util.Optional;

/// What clients are told of the failures of a library that not every process has. Each room that
/// brings such a library has one.
@FunctionalInterface
public interface KnownFailures {

  /// {@return the problem, or nothing where the failure is none of these}
  ///
  /// @param failure what a resource threw
  Optional<Problem> of(Exception failure);
}
