package ai.hartonomous.bench;

import ai.hartonomous.bench.onnx.LlamaGraph.Format;
import ai.hartonomous.bench.peer.PeerException;
import ai.hartonomous.model.generate.BatchGenerator;
import ai.hartonomous.model.generate.BatchGenerator.Limits;
import ai.hartonomous.model.generate.BusyException;
import ai.hartonomous.model.generate.Generation;
import ai.hartonomous.model.generate.GenerationRequest;
import ai.hartonomous.model.generate.Generator;
import ai.hartonomous.model.generate.Sampling;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.tensor.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/// Eight answers of a 15 million parameter Llama growing side by side beside the same eight one
/// after the other, both through the server's generator. The answers must be the same.
///
/// @param format number format of the linear maps of both
record BatchContest(Format format) implements Contest {
  private static final int ANSWERS = 8;
  private static final int PROMPT = 16;
  private static final int TOKENS = 64;
  private static final double BAR = 3.0;
  private static final long CACHE_BYTES = 1L << 30;

  @Override
  public String name() {
    return format == Format.FLOAT ? "batch llama-15m fp32" : "batch llama-15m 8bit";
  }

  @Override
  public String unit() {
    return "tokens/s";
  }

  @Override
  public double amount() {
    return ANSWERS * TOKENS;
  }

  @Override
  public Entry open(int threads, Scratch scratch) {
    Model float32 = Shapes.llama15M(1);
    Model model = format == Format.FLOAT ? float32 : Shapes.inBytes(float32);
    return new Entry(
        new Answers("eight side by side", model, threads, ANSWERS),
        List.of(new Rival(new Answers("one after the other", model, threads, 1), BAR, 0)),
        List.of());
  }

  private static final class Answers implements Contender {
    private final String name;
    private final Model model;
    private final Kernels kernels;
    private final BatchGenerator generator;
    private final List<GenerationRequest> requests;
    private List<Generation> answers = List.of();

    Answers(String name, Model model, int threads, int sequences) {
      this.name = name;
      this.model = model;
      kernels = Kernels.of(threads);
      generator = new BatchGenerator(kernels, new Limits(sequences, ANSWERS, ANSWERS, CACHE_BYTES));
      int vocabulary = model.config().extents().vocabulary();
      requests =
          IntStream.range(0, ANSWERS)
              .mapToObj(i -> Shapes.ids(i, PROMPT, vocabulary))
              .map(ids -> new GenerationRequest(ids, Sampling.GREEDY, TOKENS, List.of(), Set.of()))
              .toList();
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public void turn() throws PeerException {
      List<Future<Generation>> coming = new ArrayList<>();
      List<Generation> all = new ArrayList<>();
      try {
        var numbers = new Numbers(model.config().extents().vocabulary());
        for (GenerationRequest request : requests) {
          coming.add(generator.submit(name, model, numbers, request, Generator.Listener.NONE));
        }
        for (Future<Generation> answer : coming) {
          all.add(answer.get());
        }
      } catch (BusyException | ExecutionException | InterruptedException e) {
        throw new PeerException(name + " failed", e);
      }
      answers = all;
    }

    @Override
    public float[][] samples() {
      float[][] samples = new float[answers.size()][TOKENS];
      for (int a = 0; a < samples.length; a++) {
        for (int t = 0; t < TOKENS; t++) {
          samples[a][t] = answers.get(a).ids()[t];
        }
      }
      return samples;
    }

    @Override
    public void close() {
      generator.close();
      kernels.close();
    }
  }

  /// A vocabulary whose tokens are their own numbers.
  private record Numbers(int vocabularySize) implements Tokenizer {

    @Override
    public int[] encode(String text) {
      return text.isBlank()
          ? new int[0]
          : List.of(text.strip().split(" ")).stream().mapToInt(Integer::parseInt).toArray();
    }

    @Override
    public String decode(int[] ids) {
      var text = new StringBuilder();
      for (int id : ids) {
        text.append(' ').append(id);
      }
      return text.toString();
    }

    @Override
    public OptionalInt beginId() {
      return OptionalInt.empty();
    }

    @Override
    public OptionalInt endId() {
      return OptionalInt.empty();
    }

    @Override
    public boolean addsBegin() {
      return false;
    }

    @Override
    public String contentHash() {
      return "0".repeat(64);
    }

    @Override
    public String token(int id) {
      return " " + id;
    }
  }
}
