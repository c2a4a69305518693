package ai.hartonomous.platform.security;

import ai.hartonomous.model.checkpoint.ContentHash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/// Remembers the tokens that were verified last, so that a signature is computed once for many
/// requests. A token is known by the SHA-256 of its whole text; its claims are judged again at each
/// request, so it ends when it says; when a key is gone, everything verified before is forgotten.
final class VerifiedTokens implements JwtDecoder {

  private static final int MOST = 4_096; // about 4 kB each

  private final JwtDecoder signatures;
  private final OAuth2TokenValidator<Jwt> claims;
  private final TokenKeys keys;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Digest, Verified> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Digest, Verified> eldest) {
          return size() > MOST;
        }
      };

  private record Digest(long first, long second, long third, long fourth) {}

  private record Verified(Jwt token, long generation) {}

  /// @param signatures verifies signature and form
  /// @param claims judges the claims and the header
  /// @param keys tell when signatures must be verified again
  VerifiedTokens(JwtDecoder signatures, OAuth2TokenValidator<Jwt> claims, TokenKeys keys) {
    this.signatures = signatures;
    this.claims = claims;
    this.keys = keys;
  }

  @Override
  public Jwt decode(String text) {
    Digest digest = digest(text);
    long generation = keys.generation();
    Verified found = find(digest);
    if (found != null && found.generation() == generation) {
      return judged(found.token());
    }
    Jwt token = judged(signatures.decode(text));
    if (generation < 0) {
      return token; // the keys were fetched only now, or are too old to rely on
    }
    lock.lock();
    try {
      known.put(digest, new Verified(token, generation));
    } finally {
      lock.unlock();
    }
    return token;
  }

  private @Nullable Verified find(Digest digest) {
    lock.lock();
    try {
      return known.get(digest);
    } finally {
      lock.unlock();
    }
  }

  private Jwt judged(Jwt token) {
    if (claims.validate(token).hasErrors()) {
      throw new BadJwtException("the token is not for this server, or not now");
    }
    return token;
  }

  private static Digest digest(String text) {
    var bytes = ByteBuffer.wrap(ContentHash.sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    return new Digest(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
  }
}
