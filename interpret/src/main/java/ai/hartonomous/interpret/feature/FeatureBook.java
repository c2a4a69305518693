package ai.hartonomous.interpret.feature;

import ai.hartonomous.interpret.feature.Feature.Group;
import ai.hartonomous.interpret.feature.Feature.Neighbour;
import ai.hartonomous.interpret.feature.Feature.OutputTokens;
import ai.hartonomous.interpret.feature.Feature.TokenWeight;
import ai.hartonomous.interpret.feature.FeatureScan.Quiet;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.tensor.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Makes the features of one coder from what a scan kept.
///
/// A rule is chosen on the examples of one half of the text and scored on the other half, without
/// any window that was seen in the first. Its control is the same rule's score on other features.
public final class FeatureBook {
  private static final int GROUPS = 5;
  private static final int GROUP_EXAMPLES = 5;
  private static final int LEAST_EXAMPLES = 10;
  private static final int CONTROLS = 5;
  private static final int TOKENS_SHOWN = 10;
  private static final int NEIGHBOURS_SHOWN = 5;

  private final FeatureScan.Coder gathered;
  private final List<String> texts;
  private final RuleSearch search;
  private final SplittableRandom random;
  private final long tokens;

  private FeatureBook(FeatureScan scan, int coder, List<String> texts, long seed) {
    gathered = scan.gathered(coder);
    tokens = scan.tokens();
    this.texts = texts;
    search = new RuleSearch(texts);
    random = new SplittableRandom(seed);
  }

  /// {@return all features of one of the coders that were scanned}
  ///
  /// @param scan a scan that has read its text
  /// @param number which of its coders
  /// @param coder the coder itself
  /// @param model the model
  /// @param kernels computes products; closed by its owner
  /// @param look text of each token id, and the seed that draws the controls
  public static List<Feature> of(
      FeatureScan scan, int number, SparseCoder coder, Model model, Kernels kernels, Look look) {
    var book = new FeatureBook(scan, number, look.texts(), look.seed());
    List<OutputTokens> ends = DecoderRows.outputTokens(coder, model, kernels, TOKENS_SHOWN);
    List<List<Neighbour>> neighbours = DecoderRows.neighbours(coder, kernels, NEIGHBOURS_SHOWN);
    List<@Nullable Detection> detections = book.detections(ends);
    List<Feature> features = new ArrayList<>();
    for (int f = 0; f < coder.weights().latents(); f++) {
      Gathered kept = book.gathered.features().get(f);
      var feature =
          new Feature(
              f, book.use(kept), groups(kept), ends.get(f), neighbours.get(f), detections.get(f));
      features.add(feature);
    }
    return features;
  }

  /// What a book needs besides.
  ///
  /// @param texts text of each token id
  /// @param seed draws the control features
  public record Look(List<String> texts, long seed) {}

  private Feature.Use use(Gathered kept) {
    boolean used = kept.active > 0;
    return new Feature.Use(
        kept.active,
        tokens,
        kept.maximum,
        used ? kept.minimum : 0,
        used ? kept.sum / kept.active : 0,
        kept.histogram.clone());
  }

  /// {@return the strongest examples, then equal shares of a random sample, which is how quantiles
  /// are estimated without knowing them beforehand}
  private static List<Group> groups(Gathered kept) {
    List<Group> groups = new ArrayList<>();
    if (kept.top.isEmpty()) {
      return groups;
    }
    groups.add(new Group("top", kept.top));
    List<Example> sorted = new ArrayList<>(kept.shown.elements());
    sorted.sort(Comparator.comparingDouble((Example e) -> -e.value()));
    for (int g = 0; g < GROUPS && sorted.size() >= GROUPS; g++) {
      int from = sorted.size() * g / GROUPS;
      int to = sorted.size() * (g + 1) / GROUPS;
      List<Example> share = spread(sorted.subList(from, to));
      double high = 1 - (double) g / GROUPS;
      groups.add(new Group("%.1f to %.1f".formatted(high - 1.0 / GROUPS, high), share));
    }
    return groups;
  }

  private static List<Example> spread(List<Example> share) {
    int count = Math.min(GROUP_EXAMPLES, share.size());
    List<Example> chosen = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      chosen.add(share.get(i * share.size() / count));
    }
    return chosen;
  }

  /// Examples for and against a feature.
  private record Sides(List<Example> active, List<Example> inactive) {
    boolean suffice() {
      return active.size() >= LEAST_EXAMPLES && inactive.size() >= LEAST_EXAMPLES;
    }
  }

  private List<@Nullable Detection> detections(List<OutputTokens> ends) {
    List<Sides> heldOut = new ArrayList<>();
    List<Integer> scored = new ArrayList<>();
    for (int f = 0; f < ends.size(); f++) {
      heldOut.add(heldOut(f));
      if (heldOut.get(f).suffice() && shown(f).suffice()) {
        scored.add(f);
      }
    }
    @Nullable Detection[] detections = new Detection[ends.size()];
    for (int f : scored) {
      Sides shown = shown(f);
      List<Integer> promoted = ends.get(f).promoted().stream().map(TokenWeight::token).toList();
      LabelRule rule = search.best(shown.active, shown.inactive, promoted);
      DetectionScore score = search.score(rule, heldOut.get(f).active, heldOut.get(f).inactive);
      detections[f] =
          new Detection(
              rule.text(texts),
              rule.kindName(),
              RuleSearch.NAME,
              score,
              control(rule, f, scored, heldOut));
    }
    return Arrays.asList(detections);
  }

  private Sides shown(int feature) {
    Gathered kept = gathered.features().get(feature);
    List<Example> active = new ArrayList<>(kept.shown.elements());
    return new Sides(active, inactive(gathered.shown().elements(), feature));
  }

  /// {@return the held-out examples whose window does not also stand among those that are shown}
  private Sides heldOut(int feature) {
    Gathered kept = gathered.features().get(feature);
    Set<List<Integer>> seen = new HashSet<>();
    kept.shown.elements().forEach(example -> seen.add(window(example)));
    List<Example> active =
        kept.heldOut.elements().stream().filter(e -> !seen.contains(window(e))).toList();
    return new Sides(active, inactive(gathered.heldOut().elements(), feature));
  }

  private static List<Integer> window(Example example) {
    return Arrays.stream(example.tokens(), 0, example.peak() + 1).boxed().toList();
  }

  private static List<Example> inactive(List<Quiet> tokens, int feature) {
    return tokens.stream().filter(t -> !t.isActive(feature)).map(Quiet::example).toList();
  }

  /// {@return the rule's score on all examples of other features, drawn at random, together}
  private DetectionScore control(
      LabelRule rule, int feature, List<Integer> scored, List<Sides> heldOut) {
    List<Example> active = new ArrayList<>();
    List<Example> inactive = new ArrayList<>();
    int draws = scored.size() > 1 ? CONTROLS : 0;
    while (draws > 0) {
      int other = scored.get(random.nextInt(scored.size()));
      if (other != feature) {
        active.addAll(heldOut.get(other).active);
        inactive.addAll(heldOut.get(other).inactive);
        draws--;
      }
    }
    if (active.isEmpty()) { // the only feature: guessing is all there is to compare with
      return new DetectionScore(0.5, 0, 0, 0, 0, 0.5);
    }
    return search.score(rule, active, inactive);
  }
}
