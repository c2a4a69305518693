package ai.hartonomous.platform.store;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.database.DatabaseKind;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Takes away at the start what a crash left over, and reads the whole store now and then. The last
/// report is in `scrub.json` in the data folder; of several nodes with one folder one scrubs.
@Component
class StoreUpkeep implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(StoreUpkeep.class);
  private static final Duration AGE = Duration.ofDays(1);

  private final DataSource database;
  private final StoreLayout layout;
  private final Settings settings;
  private final JsonMapper json;
  private final boolean alone;
  private final AtomicInteger rotten;
  private final AtomicInteger missing;
  private volatile boolean running;

  StoreUpkeep(
      DataSource database,
      DataSourceProperties properties,
      StoreLayout layout,
      Settings settings,
      JsonMapper json,
      MeterRegistry metrics) {
    this.database = database;
    this.layout = layout;
    this.settings = settings;
    this.json = json;
    // The file lock of the embedded database proves that no other process uses the folder.
    this.alone = DatabaseKind.of(properties.determineUrl()) == DatabaseKind.H2;
    this.rotten = metrics.gauge("hartonomous_store_rotten_files", new AtomicInteger());
    this.missing = metrics.gauge("hartonomous_store_missing_files", new AtomicInteger());
  }

  /// Before jobs and requests come.
  @Override
  public int getPhase() {
    return 0;
  }

  @Override
  public void start() {
    try {
      int removed = new Scrubber(database, layout, alone ? Duration.ZERO : AGE).sweep();
      if (removed > 0) {
        LOG.info("removed {} folders and files that no row refers to", removed);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    running = true;
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Scheduled(initialDelayString = "PT10M", fixedDelayString = "PT1H")
  void scrubIfDue() {
    Path lock = settings.data().resolve("scrub.lock");
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.tryLock()) {
      if (held != null && due()) {
        scrub();
      }
    } catch (OverlappingFileLockException _) {
      // Another server in this process does it.
    } catch (IOException e) {
      LOG.error("the store cannot be scrubbed", e);
    }
  }

  private boolean due() throws IOException {
    Path report = report();
    return !Files.exists(report)
        || Files.getLastModifiedTime(report)
            .toInstant()
            .isBefore(Instant.now().minus(settings.store().scrubEvery()));
  }

  private Path report() {
    return settings.data().resolve("scrub.json");
  }

  private void scrub() throws IOException {
    Scrubber.Report found = new Scrubber(database, layout, AGE).scrub();
    Path written = settings.data().resolve("scrub.json.new");
    Files.writeString(written, json.writeValueAsString(found));
    Files.move(written, report(), StandardCopyOption.ATOMIC_MOVE);
    rotten.set(found.rotten().size());
    missing.set(found.missing().size());
    if (found.sound()) {
      LOG.info("scrubbed {} files, all sound", found.files());
    } else {
      LOG.error(
          "scrubbed {} files: {} rotten, {} missing; see {}",
          found.files(),
          found.rotten().size(),
          found.missing().size(),
          report());
    }
  }
}
