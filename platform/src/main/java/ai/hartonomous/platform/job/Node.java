package ai.hartonomous.platform.job;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.stereotype.Component;

/// Who this process is among those that share a database. The name is another one after every
/// start: what an earlier process left is not taken for one's own.
@Component
final class Node {

  private static final int LONGEST_HOST = 25;

  private final String name;

  Node() {
    this.name =
        "%s-%d-%s"
            .formatted(
                host(),
                ProcessHandle.current().pid(),
                HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt()));
  }

  /// {@return host, process and a random number; at most 50 characters}
  String name() {
    return name;
  }

  private static String host() {
    try {
      String host = InetAddress.getLocalHost().getHostName();
      return host.length() > LONGEST_HOST ? host.substring(0, LONGEST_HOST) : host;
    } catch (UnknownHostException _) {
      return "unnamed";
    }
  }
}
