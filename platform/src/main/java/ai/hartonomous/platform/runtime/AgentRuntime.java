package ai.hartonomous.platform.runtime;

import ai.hartonomous.platform.deployment.AgentSource.Entry;
import ai.hartonomous.platform.deployment.ProbeFolder;
import ai.hartonomous.platform.deployment.ServedAgent;
import ai.hartonomous.platform.inference.WorkerRoutes;
import ai.hartonomous.platform.runtime.RuntimeOptions.Place;
import ai.hartonomous.platform.web.ProblemWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.Banner;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.util.unit.DataSize;
import org.springframework.web.servlet.function.RouterFunction;

/// One agent that answers OpenAI's clients. Closing it lets running answers end, for ten seconds at
/// most.
public final class AgentRuntime implements AutoCloseable {

  /// What an agent may have read is kept in this much memory where nothing else is said.
  private static final DataSize USUAL_CACHE = DataSize.ofGigabytes(1);

  /// The same for what the probe space of an agent takes.
  private static final DataSize USUAL_PROBES = DataSize.ofMegabytes(256);

  private static final DataSize LEAST_CACHE = DataSize.ofMegabytes(16);

  /// Of a worker's memory that is not taken by weights, at least this part is for transcoders; and
  /// so is what the cache leaves.
  private static final double TRANSCODER_PART = 0.25;

  private final ConfigurableApplicationContext context;
  private final OneAgent agent;

  private AgentRuntime(ConfigurableApplicationContext context, OneAgent agent) {
    this.context = context;
    this.agent = agent;
  }

  /// Reads an agent, compares it with its manifest, and serves it.
  ///
  /// @param options which agent, and how
  /// @return the running agent
  /// @throws ai.hartonomous.distill.pack.PackageException if its folder is not as its manifest says
  /// @throws IOException if it cannot be read, is too large, or the port is in use
  public static AgentRuntime start(RuntimeOptions options) throws IOException {
    return start(
        options,
        0,
        context -> guard(context, options, RuntimeConfiguration.LIVE, RuntimeConfiguration.READY));
  }

  /// As {@link #start(RuntimeOptions)}, for a server that computes in this process: whatever is
  /// asked wants the key, and there are paths for the server.
  ///
  /// @param options which agent, and how; with a key
  /// @return the running agent
  /// @throws IOException as for any runtime
  public static AgentRuntime startWorker(RuntimeOptions options) throws IOException {
    return start(
        options,
        TRANSCODER_PART,
        context -> {
          guard(context, options);
          context.registerBean(ServedAgent.class, () -> context.getBean(OneAgent.class).agent());
          context.registerBean(WorkerRoutes.class);
          context.registerBean(
              "workerPaths",
              RouterFunction.class,
              () -> context.getBean(WorkerRoutes.class).routes());
        });
  }

  private static AgentRuntime start(
      RuntimeOptions options, double transcoderPart, Consumer<GenericApplicationContext> more)
      throws IOException {
    OneAgent agent = OneAgent.read(options);
    String[] arguments = arguments(options, agent.agent().sizeBytes(), transcoderPart);
    try {
      return new AgentRuntime(
          new SpringApplicationBuilder(RuntimeConfiguration.class)
              .bannerMode(Banner.Mode.OFF)
              .logStartupInfo(false)
              .initializers(
                  context -> {
                    var open = (GenericApplicationContext) context;
                    open.registerBean(OneAgent.class, () -> agent);
                    open.registerBean(ProbeFolder.class, () -> new ProbeFolder(options.probes()));
                    more.accept(open);
                  })
              .run(arguments),
          agent);
    } catch (RuntimeException e) { // whatever keeps a bean from its work ends here
      throw new IOException(
          "the agent cannot be served on %s: %s".formatted(options.place(), reason(e)), e);
    }
  }

  private static void guard(
      GenericApplicationContext context, RuntimeOptions options, String... open) {
    String key = options.place().key();
    if (key != null) {
      context.registerBean(
          "keyFilter",
          FilterRegistrationBean.class,
          () -> {
            var filter =
                new FilterRegistrationBean<>(
                    new KeyFilter(key, Set.of(open), context.getBean(ProblemWriter.class)));
            filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 2); // after the request has its id
            return filter;
          });
    }
  }

  private static String[] arguments(RuntimeOptions options, long weights, double transcoderPart)
      throws IOException {
    Place place = options.place();
    DataSize memory = options.limits().memory();
    List<String> arguments = new ArrayList<>();
    arguments.add("--server.address=" + place.host());
    arguments.add("--server.port=" + place.port());
    arguments.add("--logging.file.name="); // nothing is written to the disk
    arguments.add("--hartonomous.inference.threads=" + options.limits().threads());
    if (memory != null) {
      long rest = memory.toBytes() - weights;
      if (rest < LEAST_CACHE.toBytes()) {
        throw new IOException(
            "the agent needs %d bytes for its weights and %d for what it reads; it may use %d"
                .formatted(weights, LEAST_CACHE.toBytes(), memory.toBytes()));
      }
      long probes = Math.min(rest / 4, USUAL_PROBES.toBytes());
      long left = rest - probes;
      long cache = Math.min((long) (left * (1 - transcoderPart)), USUAL_CACHE.toBytes());
      arguments.add("--hartonomous.inference.probes=%dB".formatted(probes));
      arguments.add("--hartonomous.inference.cache=%dB".formatted(cache));
      arguments.add("--hartonomous.inference.transcoders=%dB".formatted(left - cache));
    }
    return arguments.toArray(String[]::new);
  }

  private static @Nullable String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage();
  }

  /// {@return the port that it listens on}
  public int port() {
    return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  /// {@return the agent as clients list it}
  public Entry agent() {
    return agent.entry();
  }

  /// {@return bytes of the weights in memory}
  public long sizeBytes() {
    return agent.agent().sizeBytes();
  }

  /// {@return SHA-256 of the agent's manifest, hexadecimal}
  public String manifest() {
    return agent.manifest();
  }

  @Override
  public void close() {
    context.close();
  }
}
