package ai.hartonomous.platform.metering;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.security.KeyRing;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Date;
import org.springframework.stereotype.Component;

/// Signs what the log of usage says about a call: a JWS (RFC 7515, ES256) whose claims anybody can
/// check with the keys at `/.well-known/receipts.json`. The key is another one than that of tokens,
/// and the type is `usage-receipt+jwt`, so that a receipt opens nothing.
@Component
class Receipts {

  private static final JOSEObjectType TYPE = new JOSEObjectType("usage-receipt+jwt");

  private final KeyRing keys;
  private final String issuer;

  Receipts(Settings settings) throws IOException {
    this.keys = KeyRing.ofReceipts(settings.data(), InstantSource.system());
    this.issuer = settings.tokens().issuer();
  }

  String publicKeys() {
    return keys.publicKeys();
  }

  /// {@return the receipt of an entry, in the compact form}
  String sign(UsageEvent event) {
    ECKey key = keys.signing().toECKey();
    var header = new JWSHeader.Builder(JWSAlgorithm.ES256).type(TYPE).keyID(key.getKeyID()).build();
    Use use = event.use();
    var claims =
        new JWTClaimsSet.Builder()
            .issuer(issuer)
            .subject(event.user())
            .jwtID(event.id().toString())
            .issueTime(Date.from(event.happened()))
            .claim("tenant", event.tenant())
            .claim("number", event.number())
            .claim("agent", event.agent().id().toString())
            .claim("outcome", Words.of(event.outcome()))
            .claim("input_tokens", use.input())
            .claim("cached_tokens", use.cached())
            .claim("output_tokens", use.output())
            .claim("requests", use.calls())
            .claim("compute_us", use.computeMicros())
            .claim("amount", event.price().amount().toPlainString())
            .claim("currency", event.price().currency())
            .build();
    var receipt = new SignedJWT(header, claims);
    try {
      receipt.sign(new ECDSASigner(key));
    } catch (JOSEException e) {
      throw new IllegalStateException("this Java cannot sign with ES256", e);
    }
    return receipt.serialize();
  }
}
