package ai.hartonomous.platform.security;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.proc.SecurityContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The keys of the built-in issuer as a running server sees them: the file is read again soon after
/// it changed.
public final class KeyRing implements TokenKeys {

  private static final Logger LOG = LoggerFactory.getLogger(KeyRing.class);
  private static final long LOOK_EVERY_NANOS = Duration.ofSeconds(1).toNanos();

  private final KeyFile file;
  private final InstantSource clock;
  private final ReentrantLock reading = new ReentrantLock();
  private final AtomicLong lookAt = new AtomicLong(System.nanoTime() + LOOK_EVERY_NANOS);
  private volatile Snapshot snapshot;

  /// @param keys the first one signs
  /// @param stamp what the file was like
  /// @param generation how often it was read
  private record Snapshot(List<JWK> keys, Object stamp, long generation) {}

  private record Stamp(FileTime changed, long sizeBytes, @Nullable Object file) {}

  private KeyRing(KeyFile file, InstantSource clock) throws IOException {
    this.file = file;
    this.clock = clock;
    Object stamp = stamp();
    this.snapshot = new Snapshot(file.read(), stamp, 0);
  }

  /// {@return the keys of a data folder; made if there are none}
  ///
  /// @param data the data folder
  /// @param clock tells which keys have ended
  /// @throws IOException if they can neither be read nor made
  public static KeyRing open(Path data, InstantSource clock) throws IOException {
    return new KeyRing(KeyFile.of(data), clock);
  }

  /// {@return the keys of a data folder that sign receipts (ES256); made if there are none}
  ///
  /// @param data the data folder
  /// @param clock tells which keys have ended
  /// @throws IOException if they can neither be read nor made
  public static KeyRing ofReceipts(Path data, InstantSource clock) throws IOException {
    return new KeyRing(KeyFile.of(data, "receipts", JWSAlgorithm.ES256), clock);
  }

  /// Makes a new key that signs from now on, in the file of a data folder. A running server takes
  /// it up within seconds.
  ///
  /// @param data the data folder
  /// @param algorithm `RS256` or `ES256`
  /// @param keepFor how long tokens of the key before stay good; zero ends them at once
  /// @throws IOException if the file cannot be read or written
  /// @throws IllegalArgumentException if the algorithm is another one
  public static void rotate(Path data, String algorithm, Duration keepFor) throws IOException {
    JWSAlgorithm parsed = JWSAlgorithm.parse(algorithm);
    if (!parsed.equals(JWSAlgorithm.RS256) && !parsed.equals(JWSAlgorithm.ES256)) {
      throw new IllegalArgumentException("the algorithm must be RS256 or ES256: " + algorithm);
    }
    Instant now = Instant.now();
    KeyFile.of(data).rotate(parsed, now, now.plus(keepFor));
  }

  /// {@return the keys that anybody may know, as a JSON Web Key Set}
  public String publicKeys() {
    return new JWKSet(valid().stream().map(JWK::toPublicJWK).toList()).toString(true);
  }

  @Override
  public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) {
    return selector.select(new JWKSet(valid().stream().map(JWK::toPublicJWK).toList()));
  }

  @Override
  public long generation() {
    look();
    return snapshot.generation();
  }

  /// {@return the key pair that signs}
  public JWK signing() {
    look();
    return snapshot.keys().getFirst();
  }

  private List<JWK> valid() {
    look();
    Instant now = clock.instant();
    return snapshot.keys().stream().filter(key -> isGood(key, now)).toList();
  }

  private static boolean isGood(JWK key, Instant now) {
    return key.getExpirationTime() == null || key.getExpirationTime().toInstant().isAfter(now);
  }

  private void look() {
    long now = System.nanoTime();
    long due = lookAt.get();
    if (now - due < 0 || !lookAt.compareAndSet(due, now + LOOK_EVERY_NANOS)) {
      return;
    }
    reading.lock();
    try {
      Object stamp = stamp();
      if (!stamp.equals(snapshot.stamp())) {
        snapshot = new Snapshot(file.read(), stamp, snapshot.generation() + 1);
      }
    } catch (IOException e) {
      LOG.error("the issuer's keys stay as they were: {}", e.getMessage());
    } finally {
      reading.unlock();
    }
  }

  private Object stamp() throws IOException {
    var attributes = Files.readAttributes(file.path(), BasicFileAttributes.class);
    return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
  }
}
