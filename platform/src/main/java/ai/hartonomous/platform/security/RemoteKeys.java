package ai.hartonomous.platform.security;

import ai.hartonomous.platform.SecuritySettings.External;
import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.text.ParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The keys of an issuer elsewhere. They are fetched when they are first needed, when they are old,
/// and when a token names a key that is not among them; whatever comes in, no two fetches are
/// closer than the settings allow.
final class RemoteKeys implements TokenKeys {

  private static final Logger LOG = LoggerFactory.getLogger(RemoteKeys.class);
  private static final int TIMEOUT_MILLIS = 2_000;
  private static final int LIMIT_BYTES = 512 * 1024;

  private final External settings;
  private final String issuer;
  private final DefaultResourceRetriever http =
      new DefaultResourceRetriever(TIMEOUT_MILLIS, TIMEOUT_MILLIS, LIMIT_BYTES);
  private final ReentrantLock fetching = new ReentrantLock();
  private volatile @Nullable Snapshot snapshot;
  private volatile long triedAtNanos;
  private volatile boolean tried;
  private @Nullable IOException failure;

  /// @param keys the keys
  /// @param fetchedAtNanos when
  /// @param generation how often a key was gone
  private record Snapshot(JWKSet keys, long fetchedAtNanos, long generation) {}

  RemoteKeys(External settings, String issuer) {
    this.settings = settings;
    this.issuer = issuer;
  }

  @Override
  public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context)
      throws RemoteKeySourceException {
    Snapshot present = current();
    List<JWK> found = selector.select(present.keys());
    if (!found.isEmpty()) {
      return found;
    }
    fetch(present);
    return selector.select(require().keys());
  }

  @Override
  public long generation() {
    Snapshot present = snapshot;
    if (present == null) {
      return -1;
    }
    if (isOlder(present, settings.keysFor().toNanos())) {
      fetch(present);
    }
    Snapshot now = snapshot;
    if (now == null || isOlder(now, settings.keysForWithoutAnswer().toNanos())) {
      return -1;
    }
    return now.generation();
  }

  private Snapshot current() throws RemoteKeySourceException {
    Snapshot present = snapshot;
    if (present == null || isOlder(present, settings.keysFor().toNanos())) {
      fetch(present);
    }
    return require();
  }

  private Snapshot require() throws RemoteKeySourceException {
    Snapshot present = snapshot;
    if (present == null || isOlder(present, settings.keysForWithoutAnswer().toNanos())) {
      throw new RemoteKeySourceException("the keys of " + issuer + " cannot be fetched", failure);
    }
    return present;
  }

  private static boolean isOlder(Snapshot keys, long nanos) {
    return System.nanoTime() - keys.fetchedAtNanos() > nanos;
  }

  /// Fetches the keys unless another request has done so since `seen`, or tried a moment ago.
  private void fetch(@Nullable Snapshot seen) {
    fetching.lock();
    try {
      Snapshot before = snapshot;
      long now = System.nanoTime();
      boolean soon = tried && now - triedAtNanos < settings.fetchAgainAfter().toNanos();
      if (soon || !Objects.equals(before, seen)) {
        return;
      }
      tried = true;
      triedAtNanos = now;
      JWKSet keys = JWKSet.parse(read(keysUri()));
      long generation = before == null ? 0 : before.generation();
      boolean lost = before != null && !ids(keys).containsAll(ids(before.keys()));
      snapshot = new Snapshot(keys.toPublicJWKSet(), now, lost ? generation + 1 : generation);
    } catch (IOException e) {
      failed(e);
    } catch (ParseException e) {
      failed(new IOException("no JSON Web Key Set", e));
    } finally {
      fetching.unlock();
    }
  }

  private void failed(IOException reason) {
    failure = reason;
    LOG.warn("the keys of {} cannot be fetched: {}", issuer, reason.getMessage());
  }

  private static Set<String> ids(JWKSet keys) {
    return keys.getKeys().stream()
        .map(key -> String.valueOf(key.getKeyID()))
        .collect(Collectors.toCollection(HashSet::new));
  }

  private URI keysUri() throws IOException, ParseException {
    URI given = settings.jwkSetUri();
    if (given != null) {
      return given;
    }
    String base = String.valueOf(settings.issuerUri()).replaceFirst("/$", "");
    var document =
        JSONObjectUtils.parse(read(URI.create(base + "/.well-known/openid-configuration")));
    String named = JSONObjectUtils.getString(document, "issuer");
    if (!issuer.equals(named)) {
      throw new IOException("the discovery document is of issuer " + named);
    }
    try {
      return new URI(JSONObjectUtils.getString(document, "jwks_uri"));
    } catch (URISyntaxException e) {
      throw new IOException("the discovery document names no place of keys", e);
    }
  }

  private String read(URI place) throws IOException {
    URL url = place.toURL();
    return http.retrieveResource(url).getContent();
  }
}
