package ai.hartonomous.platform.inference;

import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.transcoder.MlpTranscoder;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.checkpoint.CheckpointException;
import ai.hartonomous.model.generate.Transcoder;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.inference.Features.Transcoders;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// Transcoders in memory, within a number of bytes. All requests that want the same ones share
/// them; they are read once, and stay after the last request until others need their room: then
/// those that were asked longest ago go first, and never one that a request still uses.
@Component
public class TranscoderShelf {

  private static final Logger LOG = LoggerFactory.getLogger(TranscoderShelf.class);

  private final long mostBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<UUID, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  TranscoderShelf(Settings settings, MeterRegistry registry) {
    mostBytes = settings.inference().transcoderBytes();
    Gauge.builder("hartonomous.transcoders.bytes", this, TranscoderShelf::bytes)
        .description("Bytes of transcoders in memory, which explain tokens by features")
        .register(registry);
  }

  /// Transcoders of one analysis, or the place that is set aside for them.
  private static final class Entry {
    private final long bytes;
    private final ReentrantLock reading = new ReentrantLock();
    private @Nullable List<Transcoder> transcoders;
    private int leases;
    private boolean forgotten;

    private Entry(long bytes) {
      this.bytes = bytes;
    }

    private boolean wasRead() {
      return transcoders != null;
    }

    /// {@return what the first caller reads, and all others get}
    private List<Transcoder> read(Transcoders wanted) throws IOException {
      reading.lock();
      try {
        List<Transcoder> all = transcoders == null ? fromFiles(wanted) : transcoders;
        transcoders = all;
        return all;
      } finally {
        reading.unlock();
      }
    }
  }

  /// Transcoders that stay in memory until this is closed.
  ///
  /// @param transcoders one for each layer that has one
  /// @param end called when they are no longer used
  record Lease(List<Transcoder> transcoders, Runnable end) implements AutoCloseable {

    static final Lease NONE = new Lease(List.of(), () -> {});

    @Override
    public void close() {
      end.run();
    }
  }

  /// {@return transcoders, read if they are not there}
  ///
  /// @param wanted which, or null for none
  /// @throws ProblemException with status 404 if their files are gone, 422 if they are damaged or
  ///   too large for this process, 503 if those in use leave no room
  /// @throws IOException if they cannot be read
  Lease open(@Nullable Transcoders wanted) throws IOException {
    if (wanted == null) {
      return Lease.NONE;
    }
    Entry present = ask(wanted.id());
    Entry entry = present == null ? admit(wanted.id(), sizeBytes(wanted)) : present;
    boolean open = false;
    try {
      var lease = new Lease(entry.read(wanted), () -> release(wanted.id(), entry));
      open = true;
      return lease;
    } finally {
      if (!open) {
        release(wanted.id(), entry);
      }
    }
  }

  private @Nullable Entry ask(UUID id) {
    lock.lock();
    try {
      Entry entry = entries.get(id); // which also makes it the last one asked
      if (entry != null) {
        entry.leases++;
      }
      return entry;
    } finally {
      lock.unlock();
    }
  }

  /// {@return a place for transcoders, or what another request has begun meanwhile}
  private Entry admit(UUID id, long size) {
    if (size > mostBytes) {
      throw Problem.unprocessable(
          "transcoders-too-large",
          "The transcoders %s need %d bytes of memory; %d are for transcoders."
              .formatted(id, size, mostBytes));
    }
    lock.lock();
    try {
      Entry present = ask(id);
      if (present != null) {
        return present;
      }
      makeRoom(size);
      var fresh = new Entry(size);
      fresh.leases = 1;
      entries.put(id, fresh);
      bytes += size;
      return fresh;
    } finally {
      lock.unlock();
    }
  }

  /// Called with the lock.
  private void makeRoom(long size) {
    long used =
        entries.values().stream().filter(it -> it.leases > 0).mapToLong(it -> it.bytes).sum();
    if (used + size > mostBytes) {
      throw new ProblemException(
          Problem.of(
              503,
              "transcoders-busy",
              "The memory for transcoders is taken by those that explain now."));
    }
    Iterator<Entry> eldest = entries.values().iterator();
    while (bytes + size > mostBytes) {
      Entry next = eldest.next();
      if (next.leases == 0) {
        eldest.remove();
        bytes -= next.bytes;
      }
    }
  }

  private void release(UUID id, Entry entry) {
    lock.lock();
    try {
      entry.leases--;
      if (entry.leases == 0 && (entry.forgotten || !entry.wasRead())) {
        remove(id, entry);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Lets go of transcoders as soon as no request uses them, for they were deleted.
  ///
  /// @param id of the analysis that made them
  public void forget(UUID id) {
    lock.lock();
    try {
      Entry entry = entries.get(id);
      if (entry != null) {
        entry.forgotten = true;
        if (entry.leases == 0) {
          remove(id, entry);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void remove(UUID id, Entry entry) {
    if (entries.remove(id, entry)) {
      bytes -= entry.bytes;
    }
  }

  /// {@return bytes of all that is held}
  long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /// {@return bytes of the numbers in memory: our store keeps the same F32}
  private static long sizeBytes(Transcoders wanted) throws IOException {
    long sum = 0;
    try (Stream<Path> files = Files.walk(wanted.folder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        sum += Files.size(file);
      }
    } catch (NoSuchFileException _) {
      throw Problem.notFound("transcoders", wanted.id());
    }
    return sum;
  }

  private static List<Transcoder> fromFiles(Transcoders wanted) throws IOException {
    try {
      List<Transcoder> all = new ArrayList<>();
      for (SparseCoder coder : Coders.read(wanted.folder())) {
        all.add(new MlpTranscoder(coder));
      }
      return all;
    } catch (NoSuchFileException _) {
      throw Problem.notFound("transcoders", wanted.id());
    } catch (CheckpointException | IllegalArgumentException e) {
      LOG.error("transcoders {} are damaged", wanted.id(), e);
      throw Problem.unprocessable(
          "model-format", "The transcoders %s are damaged.".formatted(wanted.id()));
    }
  }
}
