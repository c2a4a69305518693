package ai.hartonomous.distill.route;

import ai.hartonomous.distill.route.Vocabulary.Sparse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;

/// Decides which expert answers a prompt: a linear classifier over the prompt's words and groups of
/// three characters, weighted by how rare they are. The prompt must not be known word by word, but
/// of what is not known the vector gets shorter and the decision less sure; below a threshold the
/// fallback answers.
///
/// ```
/// confidence = max_k softmax(W x)_k        x_f = idf_f / √(Σ idf²), over all features of the prompt
/// ```
///
/// Source: Salton and Buckley, "Term-weighting approaches in automatic text retrieval", 1988, for
/// the vectors (here a feature counts once, however often it occurs). Nothing changes after
/// construction: any number of threads may use one.
public final class Router {
  /// Most experts.
  public static final int MOST_EXPERTS = 16;

  private static final int MAX_NAME = 100;

  private final List<String> experts;
  private final Fallback fallback;
  private final Vocabulary vocabulary;
  private final float[] weights;

  /// Where prompts go that the router does not know.
  ///
  /// @param expert number of the expert, from 0
  /// @param threshold confidence below which a prompt counts as not known, from 0 to 1
  public record Fallback(int expert, double threshold) {}

  /// A decision.
  ///
  /// @param expert number of the expert that answers
  /// @param name its name
  /// @param confidence probability of the likeliest expert, which is another one if this is the
  ///   fallback's turn
  /// @param known false if the prompt went to the fallback because it is not known
  public record Choice(int expert, String name, double confidence, boolean known) {}

  /// What a feature of a prompt says about the two likeliest experts.
  ///
  /// @param feature `w:` and a word, or `c:` and three characters
  /// @param weight what it adds to the logarithm of the odds of the likeliest against the second
  public record Reason(String feature, double weight) {}

  /// A decision with its reasons.
  ///
  /// @param likeliest likeliest expert
  /// @param second second likeliest
  /// @param logOdds logarithm of the odds of one against the other
  /// @param reasons what adds up to it, strongest first, of equal ones words first
  public record Explanation(String likeliest, String second, double logOdds, List<Reason> reasons) {

    /// Copies the list.
    public Explanation {
      reasons = List.copyOf(reasons);
    }
  }

  /// @param weights `[K, F]`, row-major
  Router(List<String> experts, Fallback fallback, Vocabulary vocabulary, float[] weights) {
    check(experts, fallback);
    if (weights.length != experts.size() * vocabulary.features().size()) {
      throw new IllegalArgumentException("%d weights".formatted(weights.length));
    }
    this.experts = List.copyOf(experts);
    this.fallback = fallback;
    this.vocabulary = vocabulary;
    this.weights = weights;
  }

  private static void check(List<String> experts, Fallback fallback) {
    if (experts.size() < 2 || experts.size() > MOST_EXPERTS) {
      throw new IllegalArgumentException(
          "expected 2 to %d experts, found %d".formatted(MOST_EXPERTS, experts.size()));
    }
    if (new HashSet<>(experts).size() < experts.size()) {
      throw new IllegalArgumentException("expected different names, found " + experts);
    }
    for (String name : experts) {
      if (name.isBlank() || name.length() > MAX_NAME) {
        throw new IllegalArgumentException(
            "expected names of 1 to %d characters".formatted(MAX_NAME));
      }
    }
    boolean share = fallback.threshold() >= 0 && fallback.threshold() <= 1;
    if (fallback.expert() < 0 || fallback.expert() >= experts.size() || !share) {
      throw new IllegalArgumentException("expected a fallback in range, found " + fallback);
    }
  }

  /// Learns from prompts whose expert is known. Each fifth of them is also decided by a router that
  /// learned from the others; the threshold lies half-way between even odds and the smallest
  /// confidence of those decisions that were right.
  ///
  /// @param prompts for each expert's name its prompts, at least five each; the order of the names
  ///   numbers the experts
  /// @param fallback number of the expert that takes prompts the router does not know
  /// @return the router
  /// @throws InterruptedException if the thread was interrupted
  public static Router learn(List<ExpertPrompts> prompts, int fallback)
      throws InterruptedException {
    return new RouterLearning(prompts, fallback).learn();
  }

  /// What an expert answers.
  ///
  /// @param expert its name
  /// @param prompts prompts that are its own
  public record ExpertPrompts(String expert, List<String> prompts) {

    /// Copies the list.
    public ExpertPrompts {
      prompts = List.copyOf(prompts);
    }
  }

  /// Reads a router.
  ///
  /// @param file a file that {@link #write} wrote
  /// @return the router
  /// @throws RouterException if the file is not what the package describes
  /// @throws IOException if it cannot be read
  public static Router read(Path file) throws IOException {
    return RouterFile.read(file);
  }

  /// Writes the router; the same router gives the same bytes.
  ///
  /// @param file new or overwritten
  /// @throws IOException if it cannot be written
  public void write(Path file) throws IOException {
    RouterFile.write(this, file);
  }

  /// {@return the expert for a prompt; of a long one the last 8,192 characters decide}
  ///
  /// @param prompt any text
  public Choice choose(String prompt) {
    double[] odds = probabilities(prompt);
    int best = 0;
    for (int k = 1; k < odds.length; k++) {
      best = odds[k] > odds[best] ? k : best;
    }
    boolean known = odds[best] >= fallback.threshold();
    int expert = known ? best : fallback.expert();
    return new Choice(expert, experts.get(expert), odds[best], known);
  }

  /// {@return the probability of each expert for a prompt, in the order of their numbers; they sum
  /// to one, and are even for a prompt of which nothing is known}
  ///
  /// @param prompt any text
  public double[] probabilities(String prompt) {
    double[] odds = logits(vocabulary.vector(PromptFeatures.of(prompt)));
    Softmax.inPlace(odds);
    return odds;
  }

  /// {@return why the likeliest expert goes before the second}
  ///
  /// @param prompt any text
  /// @param most most reasons
  public Explanation explain(String prompt, int most) {
    Sparse x = vocabulary.vector(PromptFeatures.of(prompt));
    double[] logits = logits(x);
    int first = 0;
    for (int k = 1; k < logits.length; k++) {
      first = logits[k] > logits[first] ? k : first;
    }
    int second = first == 0 ? 1 : 0;
    for (int k = 0; k < logits.length; k++) {
      second = k != first && logits[k] > logits[second] ? k : second;
    }
    List<Reason> reasons = new ArrayList<>();
    for (int i = 0; i < x.places().length; i++) {
      int place = x.places()[i];
      double difference = (double) weight(first, place) - weight(second, place);
      reasons.add(new Reason(vocabulary.features().get(place), difference * x.values()[i]));
    }
    reasons.sort(
        Comparator.comparingDouble((Reason r) -> -Math.abs(r.weight()))
            .thenComparing(Reason::feature, Comparator.reverseOrder()));
    return new Explanation(
        experts.get(first),
        experts.get(second),
        logits[first] - logits[second],
        reasons.subList(0, Math.min(most, reasons.size())));
  }

  private double[] logits(Sparse x) {
    double[] logits = new double[experts.size()];
    for (int k = 0; k < logits.length; k++) {
      double sum = 0;
      for (int i = 0; i < x.places().length; i++) {
        sum += weight(k, x.places()[i]) * (double) x.values()[i];
      }
      logits[k] = sum;
    }
    return logits;
  }

  /// {@return the weight of a feature for an expert}
  float weight(int expert, int place) {
    return weights[expert * vocabulary.features().size() + place];
  }

  Vocabulary vocabulary() {
    return vocabulary;
  }

  /// {@return the names of the experts, in the order of their numbers}
  public List<String> experts() {
    return experts;
  }

  /// {@return where prompts go that are not known}
  public Fallback fallback() {
    return fallback;
  }
}
