package ai.hartonomous.distill.capability;

import java.util.ArrayList;
import java.util.List;

/// The texts of items in one list, so that they are measured together.
final class ItemTexts {
  private final List<Continuation> all = new ArrayList<>();
  private final List<Integer> ends = new ArrayList<>();

  /// Adds the texts of the next item.
  void add(List<Continuation> texts) {
    all.addAll(texts);
    ends.add(all.size());
  }

  /// {@return log-likelihood of each text of each item}
  double[][] measure(LikelihoodMeter meter) {
    List<Likelihood> likelihoods = meter.measure(all);
    double[][] logs = new double[ends.size()][];
    int at = 0;
    for (int i = 0; i < logs.length; i++) {
      logs[i] =
          likelihoods.subList(at, ends.get(i)).stream().mapToDouble(Likelihood::log).toArray();
      at = ends.get(i);
    }
    return logs;
  }
}
