package ai.hartonomous.bench.load;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.InitialWeights;
import ai.hartonomous.model.transformer.InitialWeights.Parts;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.Extents;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Fills a server through its API: every model is uploaded, every agent distilled by a job, as a
/// user would. What is there already stays.
///
/// @param api where to
/// @param progress told how far it is
record Seed(Api api, Consumer<String> progress) {
  /// Capability suite that the agents are distilled for.
  static final String SUITE = "words";

  /// Heads and neurons of one model.
  static final int COMPONENTS = 100;

  private static final String READER = "reader-";
  private static final int BYTES = 256;
  private static final int POSITIONS = 512;
  private static final int UPLOADS_AT_A_TIME = 3;
  private static final int TOLD_EVERY = 1000;
  private static final int SUITE_ITEMS = 40;
  private static final String[] WORDS = "a b c d e f g h i j k l m n o p q".split(" ");

  /// Uploads models until there are as many: two layers of 2 heads and 48 neurons, random weights
  /// by number.
  ///
  /// @param count how many
  /// @throws IOException if the server refuses one
  /// @throws InterruptedException if the thread is interrupted
  void models(int count) throws IOException, InterruptedException {
    upload(named("model-").size(), count, this::upload);
  }

  /// Uploads models that read any text, byte by byte, and have the same layers, until there are as
  /// many.
  ///
  /// @param count how many
  /// @return their ids
  /// @throws IOException if the server refuses one
  /// @throws InterruptedException if the thread is interrupted
  List<String> readers(int count) throws IOException, InterruptedException {
    upload(named(READER).size(), count, this::uploadReader);
    return named(READER);
  }

  /// {@return the models that read any text}
  ///
  /// @param api where from
  /// @throws IOException if the server refuses it
  /// @throws InterruptedException if the thread is interrupted
  static List<String> readers(Api api) throws IOException, InterruptedException {
    return new Seed(api, _ -> {}).named(READER);
  }

  private List<String> named(String beginning) throws IOException, InterruptedException {
    return api.all("/v1/models").stream()
        .filter(model -> model.get("name").asString().startsWith(beginning))
        .map(model -> model.get("id").asString())
        .toList();
  }

  /// Uploads one model.
  private interface Upload {
    void of(int number) throws IOException, InterruptedException;
  }

  private static void upload(int present, int count, Upload one)
      throws IOException, InterruptedException {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> uploads = new ArrayList<>();
      for (int t = 0; t < UPLOADS_AT_A_TIME; t++) {
        int first = present + t;
        uploads.add(
            executor.submit(
                () -> {
                  for (int i = first; i < count; i += UPLOADS_AT_A_TIME) {
                    one.of(i);
                  }
                  return null;
                }));
      }
      for (Future<?> upload : uploads) {
        upload.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("an upload failed", e.getCause());
    }
  }

  private void upload(int number) throws IOException, InterruptedException {
    upload(number, "model-%05d".formatted(number), words());
    if (number % TOLD_EVERY == TOLD_EVERY - 1) {
      progress.accept("%d models".formatted(number + 1));
    }
  }

  private void uploadReader(int number) throws IOException, InterruptedException {
    upload(number, READER + number, bytes());
  }

  private void upload(int number, String name, Vocabulary tokens)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("model-");
    try {
      write(number, folder, tokens.size);
      Files.writeString(folder.resolve(tokens.file), tokens.text);
      api.post("/v1/models?name=" + name, "application/x-tar", Tar.of(folder));
    } finally {
      try (Stream<Path> all = Files.walk(folder)) {
        List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        for (Path path : deepestFirst) {
          Files.delete(path);
        }
      }
    }
  }

  /// A tokenizer's file and how many tokens it has.
  private record Vocabulary(String file, String text, int size) {}

  private static Vocabulary words() {
    String words = "\"" + String.join("\",\"", WORDS) + "\"";
    return new Vocabulary("vocab.json", "{\"tokens\":[" + words + "]}", WORDS.length);
  }

  private static Vocabulary bytes() {
    String ids =
        IntStream.range(0, BYTES)
            .mapToObj(it -> "\"<0x%02X>\":%d".formatted(it, it))
            .collect(Collectors.joining(","));
    return new Vocabulary(
        "tokenizer.json",
        """
        {"version": "1.0", "added_tokens": [], "normalizer": null, "pre_tokenizer": null,
         "decoder": {"type": "ByteFallback"},
         "model": {"type": "BPE", "vocab": {%s}, "merges": [], "byte_fallback": true}}
        """
            .formatted(ids),
        BYTES);
  }

  private static void write(int number, Path folder, int vocabulary) throws IOException {
    LayerConfig layer = LayerConfig.grouped(2, 1, COMPONENTS / 2 - 2);
    ModelConfig small = Tiny.llama(1).config();
    Extents extents = small.extents();
    var config =
        new ModelConfig(
            small.family(),
            new Extents(extents.width(), extents.headWidth(), vocabulary, vocabulary, POSITIONS),
            small.positions(),
            small.norm(),
            small.block(),
            small.tied(),
            List.of(layer, layer));
    var model = InitialWeights.of(config, Parts.NONE, new SplittableRandom(number));
    HuggingFaceWriter.write(model, folder, Dtype.F16, null);
    Files.writeString(folder.resolve("README.md"), card(number));
  }

  /// {@return a model card with a learning rate from 0.00001 to 0.01, drawn by lot}
  private static String card(int number) {
    double rate = Math.pow(10, new SplittableRandom(-number).nextDouble(-5, -2));
    return """
    ---
    license: apache-2.0
    ---
    # Model %d

    ## Training hyperparameters

    - learning_rate: %.6f
    - train_batch_size: %d
    - seed: %d
    """
        .formatted(number, rate, 8 << number % 4, number);
  }

  /// Has agents distilled until there are as many, one model's after another's, and a suite for
  /// them if there is none.
  ///
  /// @param count how many
  /// @throws IOException if the server refuses one, or a job fails
  /// @throws InterruptedException if the thread is interrupted
  void agents(int count) throws IOException, InterruptedException {
    if (api.get("/v1/capabilities").get("items").isEmpty()) {
      byte[] suite = suite().getBytes(StandardCharsets.UTF_8);
      api.post("/v1/capabilities?name=" + SUITE, "application/jsonl", suite);
    }
    List<String> models =
        api.get("/v1/models?limit=500")
            .get("items")
            .valueStream()
            .map(model -> model.get("id").asString())
            .toList();
    int present = api.all("/v1/agents").size();
    for (int i = present; i < count; i++) {
      String body = agent("agent-%03d".formatted(i), models.get(i % models.size()));
      var made = api.postPreferring("wait=30", "/v1/agents", body.getBytes(StandardCharsets.UTF_8));
      if (made.has("state")) { // a job instead of an agent
        throw new IOException("no agent: " + made);
      }
      if (i % 50 == 49) {
        progress.accept("%d agents".formatted(i + 1));
      }
    }
  }

  /// {@return a request for an agent}
  ///
  /// @param name what to call it
  /// @param model the model to distil
  static String agent(String name, String model) {
    return """
    {"name":"%s","domain":"words","sourceModelIds":["%s"],"requiredCapabilities":["%s"],\
    "maxComponents":100,"performanceThreshold":0}"""
        .formatted(name, model, SUITE);
  }

  private static String suite() {
    var random = new SplittableRandom(1);
    var lines = new StringBuilder();
    for (int i = 0; i < SUITE_ITEMS; i++) {
      String prompt = word(random) + " " + word(random) + " " + word(random);
      lines.append(
          """
          {"id":"%d","capability":"words","prompt":"%s","answer":" %s a"}
          """
              .formatted(i, prompt, word(random)));
    }
    return lines.toString();
  }

  private static String word(SplittableRandom random) {
    return WORDS[random.nextInt(WORDS.length)];
  }
}
