package ai.hartonomous.platform.security;

import ai.hartonomous.platform.web.KnownFailures;
import ai.hartonomous.platform.web.Problem;
import java.util.Optional;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.stereotype.Component;

/// Requests that the firewall refuses only when a resource looks at them closer.
@Component
class FirewallFailures implements KnownFailures {

  FirewallFailures() {}

  @Override
  public Optional<Problem> of(Exception failure) {
    return failure instanceof RequestRejectedException
        ? Optional.of(
            Problem.of(400, "invalid-request", "The request has characters that it may not."))
        : Optional.empty();
  }
}
