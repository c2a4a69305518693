package ai.hartonomous.interpret.feature;

import ai.hartonomous.interpret.feature.LabelRule.TokenClass;
import ai.hartonomous.interpret.feature.LabelRule.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToIntFunction;

/// Finds the rule that best tells a feature's active tokens from others. The same examples give the
/// same rule.
final class RuleSearch {
  static final String NAME = "hartonomous-rules-1";
  private static final int MOST_TOKENS = 5;
  private static final double LEAST_GAIN = 0.03;
  private static final int LONGEST_AFFIX = 3;

  private final List<String> texts;

  /// Prepares searches.
  ///
  /// @param texts text of each token id
  RuleSearch(List<String> texts) {
    this.texts = texts;
  }

  /// {@return the rule with the highest balanced accuracy; of equals the simpler one}
  ///
  /// @param active tokens on which the feature is active, at least one
  /// @param inactive tokens on which it is not, at least one
  /// @param promoted tokens the feature promotes
  LabelRule best(List<Example> active, List<Example> inactive, List<Integer> promoted) {
    List<LabelRule> rules = new ArrayList<>();
    rules.add(new LabelRule.Token(tokens(active, inactive, Example::token)));
    rules.add(new LabelRule.After(tokens(active, inactive, RuleSearch::previous)));
    rules.add(new LabelRule.Before(promoted));
    for (TokenClass kind : TokenClass.values()) {
      rules.add(new LabelRule.Kind(kind));
    }
    for (String prefix : affixes(active, true)) {
      rules.add(new LabelRule.Prefix(prefix));
    }
    for (String suffix : affixes(active, false)) {
      rules.add(new LabelRule.Suffix(suffix));
    }
    for (TokenClass kind : TokenClass.values()) {
      rules.add(new LabelRule.AfterKind(kind));
    }
    rules.add(new LabelRule.Repeated());
    LabelRule best = rules.getFirst();
    double highest = -1;
    for (LabelRule rule : rules) {
      double accuracy = score(rule, active, inactive).balancedAccuracy();
      if (accuracy > highest + 1e-9) {
        highest = accuracy;
        best = rule;
      }
    }
    return best;
  }

  /// {@return how well a rule does}
  DetectionScore score(LabelRule rule, List<Example> active, List<Example> inactive) {
    int found = 0;
    int leftAlone = 0;
    int rejected = 0;
    for (Example example : active) {
      Verdict verdict = rule.judge(example, texts);
      found += verdict == Verdict.ACTIVE ? 1 : 0;
      rejected += verdict == Verdict.REJECTED ? 1 : 0;
    }
    for (Example example : inactive) {
      Verdict verdict = rule.judge(example, texts);
      leftAlone += verdict == Verdict.INACTIVE ? 1 : 0;
      rejected += verdict == Verdict.REJECTED ? 1 : 0;
    }
    return DetectionScore.of(found, active.size(), leftAlone, inactive.size(), rejected);
  }

  private static int previous(Example example) {
    return example.peak() == 0 ? -1 : example.tokens()[example.peak() - 1];
  }

  /// {@return the tokens whose share among the active exceeds that among the inactive the most. As
  /// an example has one token, the gains add up to the rule's balanced accuracy.}
  private static List<Integer> tokens(
      List<Example> active, List<Example> inactive, ToIntFunction<Example> token) {
    Map<Integer, Double> gains = new HashMap<>();
    active.forEach(e -> gains.merge(token.applyAsInt(e), 1.0 / active.size(), Double::sum));
    inactive.forEach(
        e -> gains.computeIfPresent(token.applyAsInt(e), (_, g) -> g - 1.0 / inactive.size()));
    return gains.entrySet().stream()
        .filter(entry -> entry.getKey() >= 0 && entry.getValue() >= LEAST_GAIN)
        .sorted(
            Comparator.<Map.Entry<Integer, Double>>comparingDouble(entry -> -entry.getValue())
                .thenComparing(Map.Entry::getKey))
        .limit(MOST_TOKENS)
        .map(Map.Entry::getKey)
        .toList();
  }

  private List<String> affixes(List<Example> active, boolean leading) {
    var affixes = new TreeSet<String>();
    for (Example example : active) {
      String text = LabelRule.bare(texts.get(example.token()));
      for (int n = 1; n <= Math.min(LONGEST_AFFIX, text.length()); n++) {
        affixes.add(leading ? text.substring(0, n) : text.substring(text.length() - n));
      }
    }
    return List.copyOf(affixes);
  }
}
