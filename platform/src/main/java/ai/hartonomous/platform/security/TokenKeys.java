package ai.hartonomous.platform.security;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;

/// The public keys of an issuer. They change while the server runs.
interface TokenKeys extends JWKSource<SecurityContext> {

  /// {@return a number that changes when a key is no longer good, so that what was verified with it
  /// must be verified again; below 0 while nothing that was verified may be remembered}
  ///
  /// Cheap, because it is asked at every request.
  long generation();
}
