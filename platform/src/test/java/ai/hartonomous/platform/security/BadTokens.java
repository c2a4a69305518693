package ai.hartonomous.platform.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Tokens that must never be accepted, made from one that is.
@SuppressWarnings("doclint:missing") // parameters of a test fixture
final class BadTokens {

  private static final JOSEObjectType TYPE = new JOSEObjectType("at+jwt");

  private final RSAKey key;

  BadTokens(Path data) throws IOException {
    this.key = KeyFile.of(data).read().getFirst().toRSAKey();
  }

  /// {@return a token that differs from each bad one in a single thing}
  String good() throws JOSEException {
    return signed(claims().build(), new RSASSASigner(key), header(JWSAlgorithm.RS256, TYPE));
  }

  /// {@return bad tokens by what is bad about them}
  Map<String, String> all() throws JOSEException {
    RSAKey other = new RSAKeyGenerator(2048).keyID(key.getKeyID()).generate();
    var bad = new LinkedHashMap<String, String>();
    bad.put(
        "signed by another key under the same id",
        signed(claims().build(), new RSASSASigner(other), header(JWSAlgorithm.RS256, TYPE)));
    bad.put("with a changed payload", changedPayload());
    bad.put("with a cut signature", good().substring(0, good().length() - 8));
    bad.put("without signature", good().substring(0, good().lastIndexOf('.') + 1));
    bad.put("expired", with(it -> it.expirationTime(after(-60))));
    bad.put("not valid yet", with(it -> it.notBeforeTime(after(300))));
    bad.put("for another audience", with(it -> it.audience("somebody-else")));
    bad.put("without audience", with(it -> it.audience((String) null)));
    bad.put("of another issuer", with(it -> it.issuer("somebody-else")));
    bad.put("without issuer", with(it -> it.issuer(null)));
    bad.put("without expiry", with(it -> it.expirationTime(null)));
    bad.put("without subject", with(it -> it.subject(null)));
    bad.put("about nobody", with(it -> it.subject("")));
    bad.put("about a name with a space after it", with(it -> it.subject("ann ")));
    bad.put("about a name too long to store", with(it -> it.subject("a".repeat(256))));
    bad.put("with alg none", new PlainJWT(claims().build()).serialize());
    bad.put("with alg none and the signature left on", noneWithSignature());
    bad.put("HS256 with the public key as secret", publicKeyAsSecret());
    bad.put(
        "RS512", signed(claims().build(), new RSASSASigner(key), header(JWSAlgorithm.RS512, TYPE)));
    bad.put(
        "of the wrong type",
        signed(
            claims().build(),
            new RSASSASigner(key),
            header(JWSAlgorithm.RS256, new JOSEObjectType("logout+jwt"))));
    bad.put(
        "of no type",
        signed(claims().build(), new RSASSASigner(key), header(JWSAlgorithm.RS256, null)));
    bad.putAll(misshapen());
    return bad;
  }

  private Map<String, String> misshapen() throws JOSEException {
    return Map.of(
        "with its own key in the header", ownKeyInHeader(),
        "that is no token", "x",
        "that is dots", "..",
        "that is empty", "",
        "that is oversized", good() + "A".repeat(9_000));
  }

  private static JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .issuer("hartonomous")
        .audience("hartonomous-api")
        .subject("ann")
        .claim("roles", List.of("admin"))
        .issueTime(after(0))
        .expirationTime(after(600));
  }

  private static Date after(int seconds) {
    return Date.from(Instant.now().plusSeconds(seconds));
  }

  private JWSHeader header(JWSAlgorithm algorithm, @Nullable JOSEObjectType type) {
    return new JWSHeader.Builder(algorithm).type(type).keyID(key.getKeyID()).build();
  }

  private String with(UnaryOperator<JWTClaimsSet.Builder> change) throws JOSEException {
    return signed(
        change.apply(claims()).build(), new RSASSASigner(key), header(JWSAlgorithm.RS256, TYPE));
  }

  private String changedPayload() throws JOSEException {
    String[] parts = good().split("\\.");
    String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
    return parts[0] + "." + encode(claims.replace("\"ann\"", "\"bob\"")) + "." + parts[2];
  }

  private String noneWithSignature() throws JOSEException {
    String[] parts = good().split("\\.");
    return encode("{\"alg\":\"none\",\"typ\":\"at+jwt\"}") + "." + parts[1] + "." + parts[2];
  }

  private String publicKeyAsSecret() throws JOSEException {
    byte[] secret = key.toRSAPublicKey().getEncoded();
    return signed(claims().build(), new MACSigner(secret), header(JWSAlgorithm.HS256, TYPE));
  }

  private static String ownKeyInHeader() throws JOSEException {
    RSAKey own = new RSAKeyGenerator(2048).keyID("own").generate();
    var header =
        new JWSHeader.Builder(JWSAlgorithm.RS256)
            .type(TYPE)
            .keyID("own")
            .jwk(own.toPublicJWK())
            .build();
    return signed(claims().build(), new RSASSASigner(own), header);
  }

  private static String signed(JWTClaimsSet claims, JWSSigner signer, JWSHeader header)
      throws JOSEException {
    var token = new SignedJWT(header, claims);
    token.sign(signer);
    return token.serialize();
  }

  private static String encode(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
