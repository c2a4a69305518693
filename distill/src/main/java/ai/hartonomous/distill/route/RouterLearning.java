package ai.hartonomous.distill.route;

import ai.hartonomous.distill.route.Router.Choice;
import ai.hartonomous.distill.route.Router.ExpertPrompts;
import ai.hartonomous.distill.route.Router.Fallback;
import ai.hartonomous.distill.route.Vocabulary.Sparse;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/// Learns a router.
final class RouterLearning {
  private static final int FOLDS = 5;
  private static final int MOST_PROMPTS = 2_000;

  private final List<String> experts = new ArrayList<>();
  private final List<String> prompts = new ArrayList<>();
  private final List<SortedSet<String>> features = new ArrayList<>();
  private final List<Integer> classes = new ArrayList<>();
  private final int fallback;

  RouterLearning(List<ExpertPrompts> all, int fallback) {
    this.fallback = fallback;
    for (ExpertPrompts own : all) {
      int size = own.prompts().size();
      if (size < FOLDS) {
        throw new IllegalArgumentException(
            "expected at least %d prompts of %s, found %d".formatted(FOLDS, own.expert(), size));
      }
      int taken = Math.min(size, MOST_PROMPTS);
      for (int i = 0; i < taken; i++) {
        String prompt = own.prompts().get((int) ((long) i * size / taken));
        prompts.add(prompt);
        features.add(PromptFeatures.of(prompt));
        classes.add(experts.size());
      }
      experts.add(own.expert());
    }
  }

  Router learn() throws InterruptedException {
    double least = 1;
    for (int fold = 0; fold < FOLDS; fold++) {
      Router without = fit(fold, 0);
      for (int i = fold; i < prompts.size(); i += FOLDS) {
        Choice choice = without.choose(prompts.get(i));
        if (choice.expert() == classes.get(i)) {
          least = Math.min(least, choice.confidence());
        }
      }
    }
    return fit(FOLDS, (1.0 / experts.size() + least) / 2);
  }

  /// {@return a router that has not seen one of the folds}
  private Router fit(int leftOut, double threshold) throws InterruptedException {
    List<SortedSet<String>> seen = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < features.size(); i++) {
      if (i % FOLDS != leftOut) {
        seen.add(features.get(i));
        labels.add(classes.get(i));
      }
    }
    Vocabulary vocabulary = Vocabulary.learn(seen);
    List<Sparse> vectors = seen.stream().map(vocabulary::vector).toList();
    int[] targets = labels.stream().mapToInt(Integer::intValue).toArray();
    double[] exact =
        SoftmaxRegression.fit(vectors, targets, experts.size(), vocabulary.features().size());
    float[] weights = new float[exact.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) exact[i];
    }
    return new Router(experts, new Fallback(fallback, threshold), vocabulary, weights);
  }
}
