package ai.hartonomous.platform.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;

/// The key pair of the built-in issuer: a JSON Web Key in `keys/issuer.json` under the data folder,
/// readable by its owner alone, made when it is first needed.
final class SigningKey {

  private static final int BITS = 3072; // NIST SP 800-57 part 1, table 2: 128 bits of security

  private SigningKey() {}

  /// {@return the key pair of a data folder}
  ///
  /// @param data the data folder
  /// @throws IOException if the file cannot be written or does not hold an RSA key pair
  static RSAKey open(Path data) throws IOException {
    Path file = data.resolve("keys").resolve("issuer.json");
    if (!Files.exists(file)) {
      create(file);
    }
    try {
      RSAKey key = JWK.parse(Files.readString(file)).toRSAKey();
      if (key.isPrivate()) {
        return key;
      }
      throw new IOException(file + ": expected an RSA key pair, found a public key");
    } catch (ParseException | ClassCastException e) {
      throw new IOException(file + ": expected a JSON Web Key of type RSA", e);
    }
  }

  /// Writes a new key beside the file and links it into place, so that of two processes one wins
  /// and neither reads half a key.
  private static void create(Path file) throws IOException {
    var ownerFolder =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    var ownerFile =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    Path folder = file.getParent();
    Files.createDirectories(folder, ownerFolder);
    Path draft = Files.createTempFile(folder, "issuer", ".draft", ownerFile);
    try {
      Files.writeString(draft, generate().toJSONString());
      Files.createLink(file, draft);
    } catch (FileAlreadyExistsException _) {
      // Another process was first; its key is as good.
    } finally {
      Files.delete(draft);
    }
  }

  private static RSAKey generate() {
    try {
      return new RSAKeyGenerator(BITS)
          .keyUse(KeyUse.SIGNATURE)
          .keyIDFromThumbprint(true)
          .generate();
    } catch (JOSEException e) {
      throw new IllegalStateException("this Java has no RSA", e);
    }
  }
}
