package ai.hartonomous.platform.deployment;

import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Things in memory, within a number of bytes and a number of things, which are kept while things
/// are read too: bytes are set aside before. A thing is read once, however many ask for it; those
/// that ask for another one do not wait. It stays after its last lease until others need its room:
/// of those that nobody leases the one that was asked longest ago goes first. Where all are leased,
/// no other one is read. One that is to go, or that nobody asked for a while, goes when its last
/// lease is closed.
///
/// @param <K> ids of things, which tell them apart by `equals`
/// @param <V> things
public class Shelf<K, V> {

  private final Limits<K> limits;
  private final Consumer<V> gone;
  private final Map<K, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /// Makes an empty one.
  ///
  /// @param limits how much it holds
  public Shelf(Limits<K> limits) {
    this(limits, _ -> {});
  }

  /// @param gone hears what is no longer held
  Shelf(Limits<K> limits, Consumer<V> gone) {
    this.limits = limits;
    this.gone = gone;
  }

  /// How much a shelf holds.
  ///
  /// @param <K> ids of things
  /// @param bytes of all things together
  /// @param things together
  /// @param tooLarge what is said of one that never fits
  /// @param busy what is said when those that are leased leave no room
  public record Limits<K>(long bytes, int things, TooLarge<K> tooLarge, Problem busy) {

    /// Any number of things.
    ///
    /// @param bytes of all things together
    /// @param tooLarge what is said of one that never fits
    /// @param busy what is said when those that are leased leave no room
    public Limits(long bytes, TooLarge<K> tooLarge, Problem busy) {
      this(bytes, Integer.MAX_VALUE, tooLarge, busy);
    }
  }

  /// Says that a thing never fits.
  ///
  /// @param <K> ids of things
  @FunctionalInterface
  public interface TooLarge<K> {

    /// {@return what is thrown}
    ///
    /// @param id of the thing
    /// @param sizeBytes what it needs
    /// @param mostBytes what there is
    ProblemException of(K id, long sizeBytes, long mostBytes);
  }

  /// Reads a thing.
  ///
  /// @param <V> the thing
  public interface Reader<V> {

    /// {@return bytes to set aside before it is read}
    ///
    /// @throws IOException if a file is not as it should be
    long sizeBytes() throws IOException;

    /// {@return the thing}
    ///
    /// @throws IOException if a file is not as it should be
    V read() throws IOException;

    /// {@return bytes that it takes, which count from now on}
    ///
    /// @param thing what was read
    /// @param aside bytes that were set aside
    default long sizeBytes(V thing, long aside) {
      return aside;
    }
  }

  /// A thing that is there, or about to be.
  private final class Entry {
    private final K id;
    private final CompletableFuture<V> thing = new CompletableFuture<>();
    private long bytes;
    private int leases;
    private boolean leaving;
    private boolean gone;
    private long askedNanos = System.nanoTime();

    private Entry(K id) {
      this.id = id;
    }
  }

  /// A thing that stays in memory until this is closed.
  public final class Lease implements AutoCloseable {

    private final Entry entry;
    private final V thing;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Lease(Entry entry, V thing) {
      this.entry = entry;
      this.thing = thing;
    }

    /// {@return what is leased}
    public V thing() {
      return thing;
    }

    /// {@return another lease of the same thing}
    ///
    /// @throws IllegalStateException if this one is closed
    public Lease again() {
      synchronized (Shelf.this) {
        if (closed.get()) {
          throw new IllegalStateException("the lease is closed");
        }
        entry.leases++;
      }
      return new Lease(entry, thing);
    }

    /// Closes this, and lets go of the thing at once, for it is of no use: who asks from now on
    /// gets another one. Those that lease it keep it, though it counts no more.
    public void discard() {
      drop(entry);
      close();
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        release(entry);
      }
    }
  }

  /// {@return a thing that stays until the lease is closed, however many others are asked}
  ///
  /// @param id its id
  /// @param reader reads it if it is not there
  /// @throws IOException if it cannot be read; so it is for all who wait for it
  /// @throws ProblemException if it alone is too large, or those that are leased leave no room
  public Lease lease(K id, Reader<V> reader) throws IOException {
    Entry present = ask(id);
    var fresh = new Entry(id);
    List<Entry> left = new ArrayList<>();
    Entry entry = present == null ? admit(fresh, reader.sizeBytes(), left) : present;
    boolean leased = false;
    try {
      left.forEach(this::tell);
      V thing = entry.equals(fresh) ? read(fresh, reader) : await(entry);
      leased = true;
      return new Lease(entry, thing);
    } finally {
      if (!leased) {
        release(entry);
      }
    }
  }

  /// {@return what is there or about to be, asked once more, or null}
  private synchronized @Nullable Entry ask(K id) {
    Entry entry = entries.get(id); // which also makes it the last one asked
    if (entry != null) {
      entry.leases++;
      entry.askedNanos = System.nanoTime();
    }
    return entry;
  }

  /// {@return `fresh`, for which bytes are set aside, or what another one has begun meanwhile}
  private synchronized Entry admit(Entry fresh, long size, List<Entry> left) {
    Entry present = ask(fresh.id);
    if (present != null) {
      return present;
    }
    left.addAll(reserve(fresh, size, 1));
    entries.put(fresh.id, fresh);
    fresh.leases++;
    return fresh;
  }

  /// Sets bytes aside, in place of those that were set aside before.
  ///
  /// @param more things than there are
  /// @return what had to go
  private synchronized List<Entry> reserve(Entry entry, long size, int more) {
    if (size > limits.bytes()) {
      throw limits.tooLarge().of(entry.id, size, limits.bytes());
    }
    long needed = bytes - entry.bytes + size - limits.bytes();
    int things = entries.size() + more - limits.things();
    List<Entry> left = new ArrayList<>();
    Iterator<Entry> eldest = entries.values().iterator();
    while ((needed > 0 || things > 0) && eldest.hasNext()) {
      Entry next = eldest.next();
      if (next.leases == 0) {
        left.add(next);
        needed -= next.bytes;
        things--;
      }
    }
    if (needed > 0 || things > 0) {
      throw new ProblemException(limits.busy());
    }
    left.forEach(this::drop);
    bytes += size - entry.bytes;
    entry.bytes = size;
    return left;
  }

  private V read(Entry fresh, Reader<V> reader) throws IOException {
    try {
      V thing = reader.read();
      List<Entry> left = reserve(fresh, reader.sizeBytes(thing, fresh.bytes), 0);
      fresh.thing.complete(thing);
      left.forEach(this::tell);
      return thing;
    } catch (IOException | RuntimeException | Error e) {
      drop(fresh);
      fresh.thing.completeExceptionally(e);
      throw e;
    }
  }

  private V await(Entry entry) throws IOException {
    try {
      return entry.thing.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case IOException cause -> throw new IOException(cause.getMessage(), cause);
        case RuntimeException cause -> throw cause;
        case null, default -> throw e;
      }
    }
  }

  private synchronized void drop(Entry entry) {
    if (!entry.gone) {
      entry.gone = true;
      entries.remove(entry.id);
      bytes -= entry.bytes;
    }
  }

  private void tell(Entry left) {
    var _ = left.thing.thenAccept(gone);
  }

  private void release(Entry entry) {
    boolean leaving;
    synchronized (this) {
      entry.leases--;
      entry.askedNanos = System.nanoTime();
      leaving = entry.leaving;
    }
    if (leaving) {
      var _ = unload(entry);
    }
  }

  /// {@return whether a thing went, for nobody leases it}
  private boolean unload(Entry entry) {
    synchronized (this) {
      if (entry.gone || entry.leases > 0) {
        return false;
      }
      drop(entry);
    }
    tell(entry);
    return true;
  }

  /// Lets go of a thing as soon as nobody leases it.
  ///
  /// @param id its id
  public void retire(K id) {
    mark(id, true).forEach(this::unload);
  }

  /// Keeps a thing that was to go.
  void keep(K id) {
    var _ = mark(id, false);
  }

  /// {@return a thing, if it is there or about to be, which is to go or not from now on}
  private synchronized List<Entry> mark(K id, boolean leaving) {
    List<Entry> found = all().stream().filter(it -> it.id.equals(id)).toList();
    found.forEach(it -> it.leaving = leaving);
    return found;
  }

  /// All that is there or about to be. To look for one here does not count as asking.
  private synchronized List<Entry> all() {
    return List.copyOf(entries.values());
  }

  /// Lets go of what nobody leases, and asked for a while.
  ///
  /// @param idle how long at least
  void unloadIdle(Duration idle) {
    long now = System.nanoTime();
    List<Entry> old;
    synchronized (this) {
      old = all().stream().filter(it -> now - it.askedNanos >= idle.toNanos()).toList();
    }
    old.forEach(this::unload);
  }

  /// Lets go of the thing that was asked longest ago, of those that nobody leases.
  ///
  /// @return false if all are leased
  boolean unloadEldest() {
    return all().stream().anyMatch(this::unload);
  }

  /// How a thing stands here.
  ///
  /// @param read whether it is in memory
  /// @param leases of it
  /// @param bytes that it takes
  record State(boolean read, int leases, long bytes) {}

  /// {@return how a thing stands here}
  ///
  /// @param id its id
  synchronized State state(K id) {
    return all().stream()
        .filter(it -> it.id.equals(id))
        .findFirst()
        .map(it -> new State(it.thing.isDone(), it.leases, it.bytes))
        .orElse(new State(false, 0, 0));
  }

  /// {@return bytes of all that is held}
  public synchronized long bytes() {
    return bytes;
  }

  /// {@return ids of all that is held or being read, the one asked longest ago first}
  synchronized List<K> ids() {
    return List.copyOf(entries.keySet());
  }
}
