package ai.hartonomous.samples.skill;

import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/// Log line to `key=value`: four parts in one of three orders become four pairs in one order, the
/// level in small letters.
public record Logs() implements Skill {

  /// Places: 1 time, 2 level, 3 host, 4 event.
  private static final List<String> LINES =
      List.of("%1$s %2$s %4$s on %3$s", "%2$s %1$s %3$s: %4$s", "%1$s %3$s %2$s %4$s");

  private static final List<String> LEVELS = List.of("ERROR", "WARN", "INFO", "DEBUG");
  private static final List<String> HOSTS = List.of("node", "web", "mail", "cache");
  private static final List<String> SUBJECTS =
      List.of("disk", "user", "queue", "backup", "index", "link", "cert", "job");
  private static final List<String> STATES =
      List.of("full", "lost", "slow", "ready", "stopped", "started");

  @Override
  public String name() {
    return "logs";
  }

  @Override
  public String description() {
    return "a log line becomes time, level, host and event as key=value pairs";
  }

  @Override
  public Exercise draw(RandomGenerator random) {
    String time = "%02d:%02d".formatted(random.nextInt(24), random.nextInt(60));
    String level = Words.pick(random, LEVELS);
    String host = Words.pick(random, HOSTS) + random.nextInt(1, 100);
    String subject = Words.pick(random, SUBJECTS);
    String state = Words.pick(random, STATES);
    return Exercise.of(
        "LOG: " + Words.pick(random, LINES).formatted(time, level, host, subject + " " + state),
        "time=%s level=%s host=%s event=%s_%s"
            .formatted(time, level.toLowerCase(Locale.ROOT), host, subject, state));
  }
}
