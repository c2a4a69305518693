package ai.hartonomous.platform.security;

import org.springframework.security.core.AuthenticationException;

/// No token can be judged, because the keys of the external issuer cannot be fetched.
final class IssuerUnavailableException extends AuthenticationException {

  IssuerUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
