package ai.hartonomous.platform.web;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How long a client wants to wait for the result of long work before it is told where to look for
/// it: the header `Prefer` of RFC 7240 with `wait=SECONDS` or `respond-async`. What is not
/// understood is passed over, as the RFC wants it.
public final class Patience {
  /// Without the header.
  public static final Duration USUAL = Duration.ofSeconds(2);

  /// Longest wait, whatever the client prefers.
  public static final Duration MOST = Duration.ofSeconds(30);

  private static final Pattern WAIT = Pattern.compile("wait\\s*=\\s*\"?(\\d{1,9})\"?");

  private Patience() {}

  /// {@return how long to wait}
  ///
  /// @param prefer value of the header, or null without it
  public static Duration of(@Nullable String prefer) {
    if (prefer == null) {
      return USUAL;
    }
    Duration wait = null;
    boolean async = false;
    for (String preference : prefer.toLowerCase(Locale.ROOT).split("[,;]")) {
      Matcher matcher = WAIT.matcher(preference.strip());
      if (matcher.matches() && wait == null) {
        wait = Duration.ofSeconds(Long.parseLong(matcher.group(1)));
      }
      async |= preference.strip().equals("respond-async");
    }
    if (wait == null) {
      return async ? Duration.ZERO : USUAL;
    }
    return wait.compareTo(MOST) > 0 ? MOST : wait;
  }
}
