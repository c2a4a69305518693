package ai.hartonomous.platform.deployment;

import ai.hartonomous.platform.web.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Agents in memory, within a number of bytes and a number of agents. The one that was asked
/// longest ago goes first; what it is still answering ends in peace, and its memory is free after
/// that. An agent is read once, however many ask for it; those that ask for another one do not
/// wait.
final class LoadedAgents {

  private final long mostBytes;
  private final int mostAgents;
  private final Consumer<ServedAgent> unloaded;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<UUID, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /// @param mostBytes of weights together
  /// @param mostAgents together
  /// @param unloaded hears what is no longer held
  LoadedAgents(long mostBytes, int mostAgents, Consumer<ServedAgent> unloaded) {
    this.mostBytes = mostBytes;
    this.mostAgents = mostAgents;
    this.unloaded = unloaded;
  }

  /// An agent that is there, or about to be.
  private static final class Entry {
    private final CompletableFuture<ServedAgent> agent = new CompletableFuture<>();
    private long bytes;
  }

  /// Reads an agent.
  @FunctionalInterface
  interface Reader {

    /// {@return the agent}
    ///
    /// @throws IOException if a file is not as it should be
    ServedAgent read() throws IOException;
  }

  /// {@return an agent}
  ///
  /// @param id its id
  /// @param reader reads it if it is not there
  /// @throws IOException if it cannot be read
  /// @throws ai.hartonomous.platform.web.ProblemException with status 422 if it alone is too large
  ServedAgent get(UUID id, Reader reader) throws IOException {
    var fresh = new Entry();
    Entry entry;
    lock.lock();
    try {
      Entry present = entries.putIfAbsent(id, fresh);
      entry = present == null ? fresh : entries.get(id); // which also makes it the last one asked
    } finally {
      lock.unlock();
    }
    return entry.equals(fresh) ? read(id, fresh, reader) : await(entry);
  }

  private static ServedAgent await(Entry entry) throws IOException {
    try {
      return entry.agent.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case IOException cause -> throw new IOException(cause.getMessage(), cause);
        case RuntimeException cause -> throw cause;
        case null, default -> throw e;
      }
    }
  }

  private ServedAgent read(UUID id, Entry fresh, Reader reader) throws IOException {
    try {
      ServedAgent agent = reader.read();
      long size = agent.sizeBytes();
      if (size > mostBytes) {
        throw Problem.unprocessable(
            "agent-too-large",
            "The agent needs %d bytes of memory; this server has %d for agents."
                .formatted(size, mostBytes));
      }
      List<ServedAgent> gone = admit(fresh, size);
      fresh.agent.complete(agent);
      gone.forEach(unloaded);
      return agent;
    } catch (IOException | RuntimeException | Error e) {
      remove(id);
      fresh.agent.completeExceptionally(e);
      throw e;
    }
  }

  /// {@return what had to go}
  private List<ServedAgent> admit(Entry fresh, long size) {
    lock.lock();
    try {
      fresh.bytes = size;
      bytes += size;
      List<ServedAgent> gone = new ArrayList<>();
      Iterator<Entry> eldest = entries.values().iterator();
      while ((bytes > mostBytes || entries.size() > mostAgents) && eldest.hasNext()) {
        Entry candidate = eldest.next();
        if (!candidate.equals(fresh) && candidate.agent.isDone()) {
          eldest.remove();
          bytes -= candidate.bytes;
          gone.add(candidate.agent.join());
        }
      }
      return gone;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Entry remove(UUID id) {
    lock.lock();
    try {
      Entry entry = entries.remove(id);
      bytes -= entry == null ? 0 : entry.bytes;
      return entry;
    } finally {
      lock.unlock();
    }
  }

  /// Lets go of an agent.
  ///
  /// @param id its id
  void unload(UUID id) {
    Entry entry = remove(id);
    if (entry != null) {
      var _ = entry.agent.thenAccept(unloaded);
    }
  }

  /// {@return bytes of the weights of all that is held}
  long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /// {@return ids of all that is held or being read, the one asked longest ago first}
  List<UUID> ids() {
    lock.lock();
    try {
      return List.copyOf(entries.keySet());
    } finally {
      lock.unlock();
    }
  }
}
