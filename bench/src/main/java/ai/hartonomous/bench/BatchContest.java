package ai.hartonomous.bench;

import ai.hartonomous.bench.onnx.StepGraph.Format;
import ai.hartonomous.bench.peer.PeerException;
import ai.hartonomous.model.generate.BatchGenerator;
import ai.hartonomous.model.generate.BatchGenerator.Limits;
import ai.hartonomous.model.generate.BusyException;
import ai.hartonomous.model.generate.Generation;
import ai.hartonomous.model.generate.GenerationRequest;
import ai.hartonomous.model.generate.Generator;
import ai.hartonomous.model.generate.Sampling;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.tensor.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/// Eight answers growing side by side beside the same eight one after the other, both through the
/// server's generator. The answers must be the same.
///
/// @param language the model
/// @param format number format of the linear maps of both
record BatchContest(Language language, Format format) implements Contest {
  private static final int ANSWERS = 8;
  private static final int PROMPT = 16;
  private static final int TOKENS = 64;
  private static final double BAR = 3.0;
  private static final long CACHE_BYTES = 1L << 30;

  @Override
  public String name() {
    return "batch %s %s".formatted(language.label(), format.label());
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
    Model model = Language.in(format, language.open());
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
          Object owner = coming.size(); // one alone does not get all places
          coming.add(generator.submit(owner, model, numbers, request, Generator.Listener.NONE));
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
}
