package ai.hartonomous.samples.train;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.Score;
import ai.hartonomous.distill.capability.Scorer;
import ai.hartonomous.distill.capability.SuiteException;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.AdamW;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.model.transformer.Weights.Parameter;
import ai.hartonomous.samples.skill.Skill;
import ai.hartonomous.samples.train.Worker.Text;
import ai.hartonomous.tensor.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// A training run between two steps. The loss is the mean over the tokens of the answers and, with
/// a small weight, of the prompts. A batch is dealt out to one worker per thread; their gradients
/// are added up in a fixed order, so a run is a pure function of model and recipe.
final class Training implements AutoCloseable {
  /// Weight of a prompt's token beside an answer's. Prompts are mostly arbitrary: a little of them
  /// teaches what their words have in common.
  private static final float PROMPT_WEIGHT = 0.05f;

  private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9f, 0.95f, 0.05f, 1f);

  private final Model model;
  private final Recipe recipe;
  private final Tokenizer tokenizer;
  private final Curriculum curriculum;
  private final AdamW optimiser;
  private final List<Worker> workers = new ArrayList<>();
  private final ExecutorService threads;
  private long tokens;

  Training(Model model, List<Skill> skills, Tokenizer tokenizer, Recipe recipe) {
    this.model = model;
    this.recipe = recipe;
    this.tokenizer = tokenizer;
    curriculum = new Curriculum(skills, recipe.seed());
    for (int w = 0; w < recipe.threads(); w++) {
      workers.add(new Worker(model, Kernels.of(1), model.weights().zeros()));
    }
    optimiser = new AdamW(model.weights(), workers.getFirst().gradients(), SETTINGS);
    threads = Executors.newFixedThreadPool(recipe.threads());
  }

  Model model() {
    return model;
  }

  Recipe recipe() {
    return recipe;
  }

  Curriculum curriculum() {
    return curriculum;
  }

  AdamW optimiser() {
    return optimiser;
  }

  /// {@return tokens of text trained so far}
  long tokens() {
    return tokens;
  }

  /// Continues a stored run; everything else was copied into place.
  void resume(int steps, long tokensSoFar) {
    optimiser.resume(steps);
    tokens = tokensSoFar;
  }

  /// An exercise as a text to learn.
  private record Drawn(int skill, Text text) {}

  /// Takes one step.
  ///
  /// @return mean loss over the tokens of the answers, in nats
  /// @throws InterruptedException if the thread was interrupted; the run must be dropped then
  double step() throws InterruptedException {
    List<Drawn> batch = new ArrayList<>();
    for (int i = 0; i < recipe.batch(); i++) {
      Curriculum.Task task = curriculum.next();
      batch.add(
          new Drawn(
              task.skill(), text(tokenizer, task.exercise().prompt(), task.exercise().answer())));
    }
    batch.sort(Comparator.comparingInt(d -> d.text().ids().length));
    int answers = batch.stream().mapToInt(d -> d.text().answerTokens()).sum();
    int all = batch.stream().mapToInt(d -> d.text().ids().length - 1).sum();
    double loss = gradient(batch, 1 / (answers + PROMPT_WEIGHT * (all - answers)));
    tokens += all;
    optimiser.step(
        workers.getFirst().transformer().kernels(), recipe.rateAt(optimiser.steps()), 1f);
    return loss / answers;
  }

  static Text text(Tokenizer tokenizer, String prompt, String answer) {
    int[] before = tokenizer.encodePrompt(prompt);
    int[] after = tokenizer.encode(answer);
    int[] ids = Arrays.copyOf(before, before.length + after.length + 1);
    System.arraycopy(after, 0, ids, before.length, after.length);
    ids[ids.length - 1] = tokenizer.endId().orElseThrow();
    return new Text(ids, before.length);
  }

  /// {@return sum of the losses over all answers}
  private double gradient(List<Drawn> batch, float scale) throws InterruptedException {
    clearGradients();
    List<List<Drawn>> parts = new ArrayList<>();
    for (int w = 0; w < workers.size(); w++) {
      parts.add(new ArrayList<>());
    }
    for (int i = 0; i < batch.size(); i++) {
      parts.get(i % workers.size()).add(batch.get(i));
    }
    List<Future<double[]>> running = new ArrayList<>();
    for (int w = 0; w < workers.size(); w++) {
      Worker worker = workers.get(w);
      List<Text> texts = parts.get(w).stream().map(Drawn::text).toList();
      running.add(threads.submit(() -> worker.run(texts, PROMPT_WEIGHT, scale)));
    }
    double sum = 0;
    for (int w = 0; w < workers.size(); w++) {
      double[] losses = result(running.get(w));
      for (int i = 0; i < losses.length; i++) {
        curriculum.observe(parts.get(w).get(i).skill(), losses[i]);
        sum += losses[i];
      }
    }
    collectGradients();
    return sum;
  }

  private static double[] result(Future<double[]> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a worker failed", e.getCause());
    }
  }

  private void collectGradients() {
    List<Parameter> total = workers.getFirst().gradients().parameters();
    Kernels kernels = workers.getFirst().transformer().kernels();
    for (Worker worker : workers.subList(1, workers.size())) {
      List<Parameter> part = worker.gradients().parameters();
      for (int p = 0; p < total.size(); p++) {
        float[] from = part.get(p).data();
        kernels.addScaled(1f, from, total.get(p).data(), from.length);
      }
    }
  }

  private void clearGradients() {
    for (Worker worker : workers) {
      worker.gradients().parameters().forEach(p -> Arrays.fill(p.data(), 0f));
    }
  }

  /// {@return exact match of the model as it would be stored, rounded to bf16}
  ///
  /// @param items what to ask
  List<Score> evaluate(List<CapabilityItem> items) throws SuiteException {
    Kernels kernels = workers.getFirst().transformer().kernels();
    return new Scorer(new Transformer(rounded(), kernels), tokenizer).score(items);
  }

  /// {@return a copy of the model whose numbers are all representable in bf16}
  Model rounded() {
    Weights copy = model.weights().zeros();
    List<Parameter> from = model.weights().parameters();
    List<Parameter> to = copy.parameters();
    for (int p = 0; p < from.size(); p++) {
      for (int i = 0; i < from.get(p).data().length; i++) {
        to.get(p).data()[i] = roundToBrainFloat(from.get(p).data()[i]);
      }
    }
    return new Model(model.config(), copy);
  }

  /// {@return the nearest number whose lower 16 bits are zero, ties to even}
  static float roundToBrainFloat(float x) {
    int bits = Float.floatToRawIntBits(x);
    return Float.intBitsToFloat((bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    workers.forEach(Worker::close);
  }
}
