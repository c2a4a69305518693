package ai.hartonomous.model.checkpoint;

import ai.hartonomous.model.tiny.Tiny;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Damages checkpoints and opens them. Runs in a Java machine of its own with a small heap; prints
/// one line for each surprise and a summary at the end.
///
/// Arguments: work folder, folder with real checkpoints, seed, mutations of each checkpoint.
final class MutationRun {
  private static final List<String> REAL =
      List.of(
          "model-stories260k",
          "model-gpt2-shakespeare",
          "model-gpt2-sort-nano",
          "model-neox-sherlock",
          "toy-induction-gbmi",
          "tracr-reverse",
          "tracr-frac-prevs");

  private static final List<Mutation> MUTATIONS = List.of(Mutation.values());

  private final Path work;
  private final SplittableRandom random;
  private int cases;
  private int loaded;
  private int refused;
  private int surprises;
  private long worstNanos;

  private MutationRun(Path work, long seed) {
    this.work = work;
    this.random = new SplittableRandom(seed);
  }

  /// A checkpoint to damage.
  ///
  /// @param name for messages
  /// @param open what to open
  /// @param files what to damage
  private record Victim(String name, Path open, List<Path> files) {}

  /// Runs all mutations.
  ///
  /// @param args work folder, folder with real checkpoints, seed, mutations of each checkpoint
  /// @throws IOException if the work folder cannot be written
  public static void main(String[] args) throws IOException {
    var run = new MutationRun(Path.of(args[0]), Long.parseLong(args[2]));
    List<Victim> victims = run.victims(Path.of(args[1]));
    for (Victim victim : victims) {
      run.attack(victim, Integer.parseInt(args[3]));
    }
    System.out.printf(
        "victims=%d cases=%d loaded=%d refused=%d surprises=%d worstCpuMillis=%d%n",
        victims.size(),
        run.cases,
        run.loaded,
        run.refused,
        run.surprises,
        run.worstNanos / 1_000_000);
  }

  private List<Victim> victims(Path data) throws IOException {
    List<Victim> victims = new ArrayList<>();
    for (String name : REAL) {
      if (Files.isDirectory(data.resolve(name))) {
        Path copy = Files.createDirectory(work.resolve(name));
        for (String file : List.of("config.json", "model.safetensors")) {
          Files.write(copy.resolve(file), Files.readAllBytes(data.resolve(name).resolve(file)));
        }
        victims.add(folder(name, copy));
      }
    }
    Path stories = data.resolve("model-stories260k");
    Path original = stories.resolve("original/stories260K.bin");
    if (Files.exists(original)) {
      Path bin = Files.write(work.resolve("stories.bin"), Files.readAllBytes(original));
      victims.add(new Victim("llama2.c", bin, List.of(bin)));
      try (Checkpoint checkpoint = Checkpoints.open(stories)) {
        Path gguf = work.resolve("stories.gguf");
        GgufWriter.write(checkpoint.load(), gguf, Dtype.Q8_0, null);
        victims.add(new Victim("stories.gguf", gguf, List.of(gguf)));
      }
    }
    for (Tiny.Named tiny : Tiny.all(3)) {
      Path folder = work.resolve(tiny.name());
      HuggingFaceWriter.write(tiny.model(), folder, Dtype.BF16, null);
      victims.add(folder(tiny.name(), folder));
      if (!tiny.name().startsWith("toy")) {
        Path gguf = work.resolve(tiny.name() + ".gguf");
        GgufWriter.write(tiny.model(), gguf, Dtype.F16, null);
        victims.add(new Victim(tiny.name() + ".gguf", gguf, List.of(gguf)));
      }
    }
    victims.add(sharded());
    return victims;
  }

  private static Victim folder(String name, Path folder) {
    return new Victim(
        name, folder, List.of(folder.resolve("config.json"), folder.resolve("model.safetensors")));
  }

  private Victim sharded() throws IOException {
    Path folder = work.resolve("sharded");
    HuggingFaceWriter.write(Tiny.llama(3), folder, Dtype.F32, null);
    Path shard = folder.resolve("model-00001-of-00001.safetensors");
    Files.move(folder.resolve("model.safetensors"), shard);
    List<String> entries = new ArrayList<>();
    try (SafetensorsFile file = SafetensorsFile.open(shard)) {
      for (String tensor : file.tensors().keySet()) {
        entries.add("\"%s\": \"%s\"".formatted(tensor, shard.getFileName()));
      }
    }
    Path index = folder.resolve("model.safetensors.index.json");
    Files.writeString(index, "{\"weight_map\": {%s}}".formatted(String.join(", ", entries)));
    return new Victim("sharded", folder, List.of(index, shard, folder.resolve("config.json")));
  }

  private void attack(Victim victim, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Path file = victim.files.get(random.nextInt(victim.files.size()));
      byte[] original = Files.readAllBytes(file);
      Mutation mutation = MUTATIONS.get(random.nextInt(MUTATIONS.size()));
      byte[] damaged = mutation.apply(original, head(file, original), random);
      replace(file, damaged);
      try {
        open(victim, "%s of %s, case %d".formatted(mutation, file.getFileName(), i));
      } finally {
        replace(file, original);
      }
    }
  }

  private void open(Victim victim, String what) {
    cases++;
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    try (Checkpoint checkpoint = Checkpoints.open(victim.open)) {
      checkpoint.load();
      loaded++;
    } catch (CheckpointException _) {
      refused++;
    } catch (IOException | RuntimeException | Error e) {
      surprises++;
      System.out.println("SURPRISE " + victim.name + ": " + what + ": " + e);
      e.printStackTrace(System.out);
    }
    long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
    worstNanos = Math.max(worstNanos, nanos);
  }

  /// Deleted first: what is mapped elsewhere must not shrink under its reader.
  private static void replace(Path file, byte[] bytes) throws IOException {
    Files.delete(file);
    Files.write(file, bytes);
  }

  private static int head(Path file, byte[] bytes) {
    String name = file.toString();
    if (name.endsWith(".safetensors")) {
      return 8 + (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    }
    return name.endsWith(".bin") ? 28 : Math.min(bytes.length, 4096);
  }
}
