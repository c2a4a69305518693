package ai.hartonomous.platform.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.interpret.interchange.CoderNotes;
import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.interchange.StoredCoder;
import ai.hartonomous.interpret.transcoder.CoderActivation;
import ai.hartonomous.interpret.transcoder.CoderWeights;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.generate.Transcoder;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.inference.Features.Transcoders;
import ai.hartonomous.platform.inference.TranscoderShelf.Lease;
import ai.hartonomous.platform.web.ProblemException;
import ai.hartonomous.tensor.Matrix;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class TranscoderShelfTest {

  @TempDir private Path folder;

  private Transcoders stored(String name) throws IOException {
    var weights =
        new CoderWeights(
            Matrix.zeros(8, 4), new float[8], Matrix.zeros(8, 4), new float[4], null, null);
    HookPair mlp = HookPair.mlp(1);
    var coder = new SparseCoder(mlp.reads(), mlp.writes(), new CoderActivation.TopK(2), weights);
    Path store = folder.resolve(name);
    Coders.write(store, new StoredCoder(coder, CoderNotes.NONE));
    return new Transcoders(UUID.randomUUID(), store);
  }

  private static TranscoderShelf shelf(long mostBytes) {
    Settings settings =
        new Binder(
                new MapConfigurationPropertySource(
                    Map.of("hartonomous.inference.transcoders", mostBytes + "B")))
            .bindOrCreate("hartonomous", Settings.class);
    return new TranscoderShelf(settings, new SimpleMeterRegistry());
  }

  private static long size(Transcoders transcoders) throws IOException {
    try (Stream<Path> files = Files.walk(transcoders.folder())) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static int status(TranscoderShelf shelf, Transcoders wanted) {
    try (Lease _ = shelf.open(wanted)) {
      return 200;
    } catch (ProblemException e) {
      return e.problem().status();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void allRequestsShareWhatWasReadOnce() throws Exception {
    Transcoders one = stored("one");
    var shelf = shelf(size(one));

    List<Transcoder> first;
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Transcoder>>> all =
          IntStream.range(0, 8)
              .mapToObj(_ -> executor.submit(() -> transcoders(shelf, one)))
              .toList();
      first = all.getFirst().get();
      for (Future<List<Transcoder>> each : all) {
        assertThat(each.get()).isSameAs(first);
      }
    }

    assertThat(first).extracting(Transcoder::layer).containsExactly(1);
    assertThat(transcoders(shelf, one)).isSameAs(first); // it stays after the last request
    assertThat(shelf.bytes()).isEqualTo(size(one));
  }

  private static List<Transcoder> transcoders(TranscoderShelf shelf, Transcoders wanted)
      throws IOException {
    try (Lease lease = shelf.open(wanted)) {
      return lease.transcoders();
    }
  }

  @Test
  void whatNobodyUsesMakesRoomAndWhatIsUsedDoesNot() throws Exception {
    Transcoders one = stored("one");
    Transcoders two = stored("two");
    Transcoders three = stored("three");
    var shelf = shelf(2 * size(one));
    List<Transcoder> before = transcoders(shelf, two);

    try (Lease lease = shelf.open(one)) {
      assertThat(status(shelf, three)).isEqualTo(200); // in the place of the second
      assertThat(transcoders(shelf, one)).isSameAs(lease.transcoders());
      assertThat(transcoders(shelf, two)).isNotSameAs(before); // in the place of the third
      try (Lease _ = shelf.open(three)) {
        assertThat(status(shelf, two)).isEqualTo(503);
        assertThat(shelf.bytes()).isEqualTo(2 * size(one));
      }
    }

    assertThat(status(shelf, two)).isEqualTo(200);
    assertThat(shelf.bytes()).isEqualTo(2 * size(one));
  }

  @Test
  void refusesWhatIsTooLargeAndTakesNoRoomForWhatCannotBeRead() throws Exception {
    Transcoders one = stored("one");
    Transcoders damaged = stored("damaged");
    Path weights = damaged.folder().resolve("layers.1.mlp/sae.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[7] = 127; // the header ends far beyond the file
    Files.write(weights, bytes);
    var gone = new Transcoders(UUID.randomUUID(), folder.resolve("gone"));
    var shelf = shelf(size(one));

    assertThat(status(shelf(size(one) - 1), one)).isEqualTo(422);
    assertThat(status(shelf, gone)).isEqualTo(404);
    assertThatThrownBy(() -> shelf.open(damaged))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("The transcoders %s are damaged".formatted(damaged.id()));
    assertThat(shelf.bytes()).isZero();
    assertThat(status(shelf, one)).isEqualTo(200);
  }

  @Test
  void whatWasDeletedLeavesWithItsLastRequest() throws Exception {
    Transcoders one = stored("one");
    var shelf = shelf(size(one));

    try (Lease _ = shelf.open(one)) {
      shelf.forget(one.id());
      assertThat(shelf.bytes()).isEqualTo(size(one));
    }
    assertThat(shelf.bytes()).isZero();
    assertThat(status(shelf, one)).isEqualTo(200);
    shelf.forget(one.id());
    assertThat(shelf.bytes()).isZero();
  }
}
