package ai.hartonomous.bench;

import ai.hartonomous.interpret.capture.Capture;
import ai.hartonomous.interpret.capture.Capture.Plan;
import ai.hartonomous.interpret.capture.Corpus;
import ai.hartonomous.interpret.capture.CorpusText;
import ai.hartonomous.interpret.capture.DocumentSource;
import ai.hartonomous.interpret.capture.ModelStream;
import ai.hartonomous.interpret.capture.Packing;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// How the cost of capturing a model's values grows with the number of tokens: 1, 2, 4 and 8 times
/// as many, in turns, and the exponent of the power law through the medians. 1 is what an honest
/// stream costs.
final class CaptureGrowth {
  static final String NAME = "capture-growth";

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final double BAR = 1.05;
  private static final int[] FACTORS = {1, 2, 4, 8};
  private static final int DOCUMENT = 200;
  private static final int LENGTH = 256;
  private static final int ROWS = 2048;
  private static final int TOKENS_PER_PASS = 2048;
  private static final long SEED = 7;

  private final PrintStream out;
  private final boolean json;
  private final int rounds;

  CaptureGrowth(PrintStream out, boolean json, int rounds) {
    this.out = out;
    this.json = json;
    this.rounds = rounds;
  }

  /// Work that is measured: everything a capture of a corpus costs, from its text on.
  private interface Work {
    void run(Transformer transformer, CorpusText text) throws IOException;
  }

  void run(int threads, int tokens) throws IOException {
    try (Scratch scratch = Scratch.open();
        Kernels kernels = Kernels.of(threads)) {
      Model model = Shapes.llama15M(1);
      var transformer = new Transformer(model, kernels);
      List<CorpusText> texts = new ArrayList<>();
      for (int factor : FACTORS) {
        texts.add(text(scratch.file(factor + ".ids"), factor * tokens, model));
      }
      measure("streamed", transformer, texts, tokens, CaptureGrowth::stream);
      measure(
          "stored",
          transformer,
          texts,
          tokens,
          (t, text) -> store(t, text, scratch.file("values")));
    }
  }

  /// {@return a corpus of about so many random tokens}
  private static CorpusText text(Path file, int tokens, Model model) throws IOException {
    var random = new SplittableRandom(SEED);
    int vocabulary = model.config().extents().vocabulary();
    try (BufferedWriter writer = Files.newBufferedWriter(file)) {
      for (int written = 0; written < tokens; written += DOCUMENT) {
        for (int t = 0; t < DOCUMENT; t++) {
          writer.write(Integer.toString(2 + random.nextInt(vocabulary - 2)));
          writer.write(' ');
        }
        writer.newLine();
      }
    }
    Corpus corpus = Corpus.ofIds(List.of(new DocumentSource.TokenIds(file)));
    Packing packing =
        new Packing(
            Packing.Form.PACKED, LENGTH, OptionalInt.of(1), OptionalInt.empty(), 1, Set.of());
    return new CorpusText(corpus, packing);
  }

  private static List<HookPair> pairs(Transformer transformer) {
    return IntStream.range(0, transformer.config().layers().size())
        .mapToObj(HookPair::mlp)
        .toList();
  }

  private static void stream(Transformer transformer, CorpusText text) throws IOException {
    var settings = new ModelStream.Settings(ROWS, 2 * ROWS, TOKENS_PER_PASS, SEED);
    try (var stream = new ModelStream(transformer, "growth", text, pairs(transformer), settings)) {
      long steps = stream.countRows() / ROWS;
      for (long step = 0; step < steps; step++) {
        stream.read(step);
      }
    }
  }

  private static void store(Transformer transformer, CorpusText text, Path folder)
      throws IOException {
    List<HookPoint> points = new ArrayList<>();
    for (HookPair pair : pairs(transformer)) {
      points.add(pair.reads());
      points.add(pair.writes());
    }
    var plan = new Plan(text, points, Dtype.BF16, 2 * ROWS, Long.MAX_VALUE, TOKENS_PER_PASS);
    new Capture(transformer, "growth", plan).run(folder, Long.MAX_VALUE, progress -> {});
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  private void measure(
      String name, Transformer transformer, List<CorpusText> texts, int tokens, Work work)
      throws IOException {
    work.run(transformer, texts.getFirst()); // warm-up
    double[][] seconds = new double[FACTORS.length][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int f = 0; f < FACTORS.length; f++) {
        long start = System.nanoTime();
        work.run(transformer, texts.get(f));
        seconds[f][round] = (System.nanoTime() - start) / 1e9;
      }
    }
    double[] medians = new double[FACTORS.length];
    for (int f = 0; f < medians.length; f++) {
      Arrays.sort(seconds[f]);
      medians[f] = seconds[f][rounds / 2];
    }
    print(name, transformer.kernels().threads(), tokens, medians);
  }

  private void print(String name, int threads, int tokens, double[] seconds) {
    double exponent = exponent(seconds);
    if (json) {
      ObjectNode node = MAPPER.createObjectNode();
      node.put("contest", NAME).put("work", name).put("threads", threads).put("tokens", tokens);
      node.put("exponent", exponent).put("bar", BAR).put("reached", exponent <= BAR);
      var list = node.putArray("seconds");
      Arrays.stream(seconds).forEach(list::add);
      out.println(MAPPER.writeValueAsString(node));
      return;
    }
    out.printf("%s, %s, %d threads:", NAME, name, threads);
    for (int f = 0; f < seconds.length; f++) {
      double rate = (double) FACTORS[f] * tokens / seconds[f];
      out.printf(" %dx %.2f s (%.0f tokens/s)", FACTORS[f], seconds[f], rate);
    }
    out.printf("; exponent %.3f, bar %.2f %s%n", exponent, BAR, exponent <= BAR ? "met" : "missed");
  }

  /// {@return slope of the straight line through `log seconds` over `log factor`, by least squares}
  static double exponent(double[] seconds) {
    double meanX = 0;
    double meanY = 0;
    for (int f = 0; f < seconds.length; f++) {
      meanX += Math.log(FACTORS[f]) / seconds.length;
      meanY += Math.log(seconds[f]) / seconds.length;
    }
    double products = 0;
    double squares = 0;
    for (int f = 0; f < seconds.length; f++) {
      double x = Math.log(FACTORS[f]) - meanX;
      products += x * (Math.log(seconds[f]) - meanY);
      squares += x * x;
    }
    return products / squares;
  }
}
