package ai.hartonomous.samples.train;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.capability.Score;
import ai.hartonomous.model.transformer.InitialWeights;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.samples.Corpus;
import ai.hartonomous.samples.SampleModel;
import ai.hartonomous.samples.skill.Skill;
import ai.hartonomous.samples.vocabulary.BytePairVocabulary;
import ai.hartonomous.samples.vocabulary.VocabularyTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Trains a sample model from nothing, or from where a run stopped, and writes its folder.
public final class SampleTrainer {
  /// Items of each suite.
  public static final int SUITE_ITEMS = 600;

  /// What the file beside the folder is called that a run continues from: the folder's name and
  /// this.
  public static final String RUN_SUFFIX = ".run";

  private static final int VOCABULARY_EXERCISES = 4000;
  private static final int EVALUATION_ITEMS = 100;
  private static final int REPORT_STEPS = 25;
  private static final int EVALUATION_STEPS = 500;

  private final SampleModel sample;
  private final Recipe recipe;
  private final Path folder;
  private final TrainingListener listener;
  private final BytePairVocabulary vocabulary;
  private final VocabularyTokenizer tokenizer;

  /// Prepares a run.
  ///
  /// @param sample what to train
  /// @param recipe how
  /// @param folder where to; absent or empty
  /// @param listener hears of progress, on the calling thread
  public SampleTrainer(SampleModel sample, Recipe recipe, Path folder, TrainingListener listener) {
    this.sample = sample;
    this.recipe = recipe;
    this.folder = folder;
    this.listener = listener;
    vocabulary = vocabulary(sample, recipe.seed());
    tokenizer = new VocabularyTokenizer(vocabulary);
  }

  /// {@return the vocabulary learned from the first exercises of every skill of a model}
  ///
  /// @param sample whose skills
  /// @param seed seed of the corpus
  public static BytePairVocabulary vocabulary(SampleModel sample, long seed) {
    var corpus = new Corpus(seed);
    List<String> texts = new ArrayList<>();
    for (Skill skill : sample.skills()) {
      for (int i = 0; i < VOCABULARY_EXERCISES; i++) {
        var exercise = corpus.training(skill, i);
        texts.add(exercise.prompt() + exercise.answer());
      }
    }
    return BytePairVocabulary.learn(texts, SampleModel.MAX_VOCABULARY);
  }

  /// Whether a run starts anew or continues.
  public enum Start {
    /// From fresh weights; a stored run in the folder is overwritten.
    FRESH,
    /// From the stored run in the folder.
    RESUMED
  }

  /// Trains and writes the folder.
  ///
  /// @param start where to begin
  /// @return the figures of the model card
  /// @throws RunFileException if the stored run is damaged or was started with another recipe
  /// @throws IOException if the stored run cannot be read, the folder is not empty or cannot be
  ///   written
  /// @throws InterruptedException if the thread was interrupted; the run can be resumed
  public TrainingResult train(Start start) throws IOException, InterruptedException {
    Path target = folder.toAbsolutePath().normalize();
    Path runFile = target.resolveSibling(target.getFileName() + RUN_SUFFIX);
    Files.createDirectories(runFile.getParent());
    SampleFolder.requireFree(target);
    var curve = new LossCurve();
    try (var run = new Training(fresh(), sample.skills(), tokenizer, recipe)) {
      if (start == Start.RESUMED) {
        RunFile.read(run, curve, runFile);
      }
      long began = System.nanoTime();
      long before = run.tokens();
      loop(run, curve, runFile);
      Duration time = Duration.ofNanos(System.nanoTime() - began);
      return finish(run, curve, run.tokens() - before, time);
    }
  }

  private Model fresh() {
    var random = new SplittableRandom(recipe.seed());
    return InitialWeights.of(sample.config(tokenizer.vocabularySize()), sample.parts(), random);
  }

  private void loop(Training run, LossCurve curve, Path runFile)
      throws IOException, InterruptedException {
    List<CapabilityItem> items = new ArrayList<>();
    for (CapabilitySuite suite : suites()) {
      List<CapabilityItem> calibration = suite.items(Split.CALIBRATION);
      items.addAll(calibration.subList(0, Math.min(EVALUATION_ITEMS, calibration.size())));
    }
    double sum = 0;
    boolean reached = false;
    while (run.optimiser().steps() < recipe.steps() && !reached) {
      sum += run.step();
      int step = run.optimiser().steps();
      if (step % REPORT_STEPS == 0) {
        double rate = recipe.rateAt(step - 1);
        curve.add(new LossCurve.Point(step, run.tokens(), sum / REPORT_STEPS, rate));
        listener.stepped(step, run.tokens(), sum / REPORT_STEPS);
        sum = 0;
      }
      if (step % EVALUATION_STEPS == 0 || step == recipe.steps()) {
        RunFile.write(run, curve, runFile);
        List<Score> scores = run.evaluate(items);
        listener.evaluated(step, scores);
        reached = scores.stream().allMatch(score -> score.exactMatch() >= recipe.target());
      }
    }
  }

  private List<CapabilitySuite> suites() {
    var corpus = new Corpus(recipe.seed());
    return sample.skills().stream().map(skill -> corpus.suite(skill, SUITE_ITEMS)).toList();
  }

  private TrainingResult finish(Training run, LossCurve curve, long tokens, Duration time)
      throws IOException {
    List<CapabilityItem> heldOut =
        suites().stream().flatMap(suite -> suite.items(Split.HELD_OUT).stream()).toList();
    var result =
        new TrainingResult(
            sample,
            recipe,
            run.optimiser().steps(),
            run.tokens(),
            tokens / Math.max(1e-9, time.toNanos() / 1e9),
            time,
            run.evaluate(heldOut));
    var card = new ModelCard(run.rounded(), result, curve);
    SampleFolder.write(folder.toAbsolutePath().normalize(), vocabulary, suites(), card);
    return result;
  }
}
