package ai.hartonomous.platform.account;

import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.stereotype.Component;

/// Hashes of passwords: argon2id with 19 MiB, 2 passes and 1 lane, the least that the OWASP
/// Password Storage Cheat Sheet recommends. No more are computed at a time than there are
/// processors, so that logins take at most that many times 19 MiB; others wait a moment and are
/// then refused.
@Component
class Passwords {

  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final int LANES = 1;
  private static final int MEMORY_KIB = 19_456;
  private static final int PASSES = 2;
  private static final int WAIT_SECONDS = 2;
  private static final int LEAST = 12;
  private static final int MOST = 128;

  private final Argon2PasswordEncoder argon2 =
      new Argon2PasswordEncoder(SALT_BYTES, HASH_BYTES, LANES, MEMORY_KIB, PASSES);
  private final Semaphore places = new Semaphore(Runtime.getRuntime().availableProcessors());
  private final String nobodys = nobodys();

  /// {@return what looks like the hash of a password, and takes as much work to compare with, and
  /// is that of none that anybody could find}
  private static String nobodys() {
    var random = new SecureRandom();
    byte[] salt = new byte[SALT_BYTES];
    byte[] hash = new byte[HASH_BYTES];
    random.nextBytes(salt);
    random.nextBytes(hash);
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
        .formatted(
            MEMORY_KIB, PASSES, LANES, base64.encodeToString(salt), base64.encodeToString(hash));
  }

  /// {@return the hash of a password, with its salt and parameters}
  final String hash(String password) {
    return bounded(() -> String.valueOf(argon2.encode(password)));
  }

  /// {@return whether a password is that of a hash; false without a hash, but after as much work}
  boolean matches(String password, @Nullable String hash) {
    String compared = hash == null ? nobodys : hash;
    boolean right = bounded(() -> password.length() <= MOST && argon2.matches(password, compared));
    return right && hash != null;
  }

  /// Refuses passwords that are too short to be safe or too long to be one.
  ///
  /// @throws ProblemException if it is not 12 to 128 letters, or is the name
  static void check(String field, String password, String name) {
    if (password.length() < LEAST || password.length() > MOST) {
      throw Problem.invalid(field, "must have %d to %d letters".formatted(LEAST, MOST));
    }
    if (password.equalsIgnoreCase(name)) {
      throw Problem.invalid(field, "must not be the name");
    }
  }

  private <T> T bounded(Supplier<T> work) {
    try {
      if (!places.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new ProblemException(
            Problem.of(503, "busy", "Too many logins at once; try again in a moment."));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new ProblemException(Problem.of(503, "busy", "The server stops."));
    }
    try {
      return work.get();
    } finally {
      places.release();
    }
  }
}
