package ai.hartonomous.platform.deployment;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// An agent while somebody asks it. An agent that is to go stays until the last lease is closed.
public final class AgentLease implements AutoCloseable {

  private final ServedAgent agent;
  private final Runnable end;
  private final AtomicInteger open;
  private final AtomicBoolean closed = new AtomicBoolean();

  /// Begins.
  ///
  /// @param agent who is asked
  /// @param end called once, when the lease is closed
  public AgentLease(ServedAgent agent, Runnable end) {
    this(agent, end, new AtomicInteger(1));
  }

  private AgentLease(ServedAgent agent, Runnable end, AtomicInteger open) {
    this.agent = agent;
    this.end = end;
    this.open = open;
  }

  /// {@return another lease of the same agent, for work that goes on when this one is closed}
  ///
  /// @throws IllegalStateException if this one is closed
  public AgentLease again() {
    if (closed.get()) {
      throw new IllegalStateException("the lease is closed");
    }
    open.incrementAndGet();
    return new AgentLease(agent, end, open);
  }

  /// {@return who is asked}
  public ServedAgent agent() {
    return agent;
  }

  /// {@return the same lease of an agent that goes by another id}
  ///
  /// @param id what the calls of who asks are counted under
  AgentLease as(UUID id) {
    return agent.id().equals(id) ? this : new AgentLease(agent.as(id), this::close);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true) && open.decrementAndGet() == 0) {
      end.run();
    }
  }
}
