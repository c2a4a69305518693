package ai.hartonomous.platform.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/// The keys of the built-in issuer: a JSON Web Key Set in `keys/issuer.json` under the data folder,
/// readable by its owner alone, made when it is first needed. The first key, a pair, signs. The
/// others, public keys with an end, were replaced by it. A file with a single key is read too.
record KeyFile(Path path) {

  private static final int BITS = 3072; // NIST SP 800-57 part 1, table 2: 128 bits of security
  private static final FileAttribute<?> OWNER_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<?> OWNER_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /// {@return the file of a data folder, with a key of RS256 if there was no file}
  static KeyFile of(Path data) throws IOException {
    return of(data, "issuer", JWSAlgorithm.RS256);
  }

  /// {@return a file of a data folder, with a key if there was no file}
  ///
  /// @param name its name without ending
  /// @param algorithm of a new key
  static KeyFile of(Path data, String name, JWSAlgorithm algorithm) throws IOException {
    var file = new KeyFile(data.resolve("keys").resolve(name + ".json"));
    if (!Files.exists(file.path)) {
      file.create(algorithm);
    }
    return file;
  }

  /// {@return the keys; the first one signs}
  ///
  /// @throws IOException if the file does not hold such keys
  List<JWK> read() throws IOException {
    List<JWK> keys = parse(Files.readString(path));
    JWK first = keys.isEmpty() ? null : keys.getFirst();
    if (first == null || !first.isPrivate() || !(first instanceof RSAKey || isP256(first))) {
      throw new IOException(path + ": expected a key pair of type RSA or P-256 as the first key");
    }
    return keys;
  }

  /// Makes a new pair that signs from now on. Of the keys before it the public parts stay.
  ///
  /// @param algorithm RS256 or ES256
  /// @param now the time
  /// @param until until when the key that signed is good; not after `now` to end all others at once
  void rotate(JWSAlgorithm algorithm, Instant now, Instant until) throws IOException {
    Path lock = path.resolveSibling("issuer.lock");
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var _ = channel.lock()) {
      var keys = new ArrayList<JWK>();
      keys.add(generate(algorithm));
      if (until.isAfter(now)) {
        for (JWK old : read()) {
          Instant end = old.isPrivate() ? until : old.getExpirationTime().toInstant();
          if (end.isAfter(now)) {
            keys.add(publicPart(old, end));
          }
        }
      }
      Path draft = draft(keys);
      Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private List<JWK> parse(String text) throws IOException {
    try {
      return text.contains("\"keys\"") ? JWKSet.parse(text).getKeys() : List.of(JWK.parse(text));
    } catch (ParseException e) {
      throw new IOException(path + ": expected JSON Web Keys", e);
    }
  }

  /// Writes a new key beside the file and links it into place, so that of two processes one wins
  /// and neither reads half a key.
  private void create(JWSAlgorithm algorithm) throws IOException {
    Files.createDirectories(path.getParent(), OWNER_FOLDER);
    Path draft = draft(List.of(generate(algorithm)));
    try {
      Files.createLink(path, draft);
    } catch (FileAlreadyExistsException _) {
      // Another process was first; its key is as good.
    } finally {
      Files.delete(draft);
    }
  }

  private Path draft(List<JWK> keys) throws IOException {
    Path draft = Files.createTempFile(path.getParent(), "issuer", ".draft", OWNER_FILE);
    Files.writeString(draft, new JWKSet(keys).toString(false));
    return draft;
  }

  private static boolean isP256(JWK key) {
    return key instanceof ECKey curve && curve.getCurve().equals(Curve.P_256);
  }

  private static JWK publicPart(JWK key, Instant end) throws IOException {
    Date until = Date.from(end);
    return switch (key) {
      case RSAKey rsa -> new RSAKey.Builder(rsa.toPublicJWK()).expirationTime(until).build();
      case ECKey curve -> new ECKey.Builder(curve.toPublicJWK()).expirationTime(until).build();
      default -> throw new IOException("a key of type " + key.getKeyType());
    };
  }

  private static JWK generate(JWSAlgorithm algorithm) {
    try {
      return algorithm.equals(JWSAlgorithm.ES256)
          ? new ECKeyGenerator(Curve.P_256)
              .keyUse(KeyUse.SIGNATURE)
              .algorithm(algorithm)
              .keyIDFromThumbprint(true)
              .generate()
          : new RSAKeyGenerator(BITS)
              .keyUse(KeyUse.SIGNATURE)
              .algorithm(JWSAlgorithm.RS256)
              .keyIDFromThumbprint(true)
              .generate();
    } catch (JOSEException e) {
      throw new IllegalStateException("this Java has no " + algorithm, e);
    }
  }
}
