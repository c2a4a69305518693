package ai.hartonomous.platform.observe;

import ai.hartonomous.model.checkpoint.ContentHash;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.springframework.stereotype.Component;

/// The counters and timers that the specification names. Labels are bounded, so that no user makes
/// the registry grow: users are hashed into {@value #USERS} buckets, domains and types of models
/// keep their names up to {@value #WORDS} of them.
@Component
public class PlatformMetrics {

  /// Buckets of users.
  static final int USERS = 64;

  /// Names of a label besides `other`.
  static final int WORDS = 50;

  private final MeterRegistry registry;
  private final BoundedLabel domains = new BoundedLabel(WORDS);
  private final BoundedLabel modelTypes = new BoundedLabel(WORDS);
  private final BoundedLabel queryTypes = new BoundedLabel(WORDS);

  PlatformMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /// Counts an agent that was made, and how long that took.
  ///
  /// @param user whose it is
  /// @param domain what it is for
  /// @param duration from the begin of the work to the stored agent
  public void agentCreated(String user, String domain, Duration duration) {
    String label = domains.of(domain);
    Counter.builder("hartonomous.agents.created")
        .description("Total number of agents created")
        .tag("user_id", bucket(user))
        .tag("domain", label)
        .register(registry)
        .increment();
    Timer.builder("hartonomous.agent.creation.duration")
        .description("Time spent creating agents")
        .tag("domain", label)
        .serviceLevelObjectives(
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofMinutes(2),
            Duration.ofMinutes(10),
            Duration.ofHours(1))
        .register(registry)
        .record(duration);
  }

  /// Counts a query of models.
  ///
  /// @param modelType type of the models that were asked for, `any` if of all types
  /// @param queryType kind of the query
  public void modelQueried(String modelType, String queryType) {
    Counter.builder("hartonomous.model.queries")
        .description("Total number of model queries")
        .tag("model_type", modelTypes.of(modelType))
        .tag("query_type", queryTypes.of(queryType))
        .register(registry)
        .increment();
  }

  /// {@return which of the buckets a user is counted in, two hexadecimal digits}
  static String bucket(String user) {
    byte[] hash = ContentHash.sha256().digest(user.getBytes(StandardCharsets.UTF_8));
    return "%02x".formatted(Byte.toUnsignedInt(hash[0]) % USERS);
  }
}
