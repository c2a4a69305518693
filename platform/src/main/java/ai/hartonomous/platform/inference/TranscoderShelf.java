package ai.hartonomous.platform.inference;

import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.transcoder.MlpTranscoder;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.checkpoint.CheckpointException;
import ai.hartonomous.model.generate.Transcoder;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.deployment.Shelf;
import ai.hartonomous.platform.deployment.Shelf.Limits;
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
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// Transcoders in memory, within a number of bytes. All requests that want the same ones share
/// them; see {@link Shelf}.
@Component
public class TranscoderShelf {

  private static final Logger LOG = LoggerFactory.getLogger(TranscoderShelf.class);

  private final Shelf<UUID, List<Transcoder>> shelf;

  TranscoderShelf(Settings settings, MeterRegistry registry) {
    shelf =
        new Shelf<>(
            new Limits<>(
                settings.inference().transcoderBytes(),
                TranscoderShelf::tooLarge,
                Problem.of(
                    503,
                    "transcoders-busy",
                    "The memory for transcoders is taken by those that explain now.")));
    Gauge.builder("hartonomous.transcoders.bytes", shelf, Shelf::bytes)
        .description("Bytes of transcoders in memory, which explain tokens by features")
        .register(registry);
  }

  private static ProblemException tooLarge(UUID id, long sizeBytes, long mostBytes) {
    return Problem.unprocessable(
        "transcoders-too-large",
        "The transcoders %s need %d bytes of memory; %d are for transcoders."
            .formatted(id, sizeBytes, mostBytes));
  }

  /// Reads transcoders of our store.
  private record Stored(Transcoders wanted) implements Shelf.Reader<List<Transcoder>> {

    @Override
    public long sizeBytes() throws IOException {
      return TranscoderShelf.sizeBytes(wanted);
    }

    @Override
    public List<Transcoder> read() throws IOException {
      return fromFiles(wanted);
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
    var lease = shelf.lease(wanted.id(), new Stored(wanted));
    return new Lease(lease.thing(), lease::close);
  }

  /// Lets go of transcoders as soon as no request uses them, for they were deleted.
  ///
  /// @param id of the analysis that made them
  public void forget(UUID id) {
    shelf.retire(id);
  }

  /// {@return bytes of all that is held}
  long bytes() {
    return shelf.bytes();
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
