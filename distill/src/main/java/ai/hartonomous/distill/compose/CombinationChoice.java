package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.CalibrationParts;
import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.compose.Combination.Trial;
import ai.hartonomous.distill.compose.CompositeReport.Expert;
import ai.hartonomous.distill.compose.CompositeRequest.Source;
import ai.hartonomous.distill.compose.RoutedEvaluation.Answered;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Decides how the experts of an agent answer. Where that was left open, both ways are measured on
/// the validation items of the experts, which chose their sizes too: held-out items serve for
/// nothing but the final figures. Of equal ones routing is taken, which runs one expert and not
/// all.
///
/// @param request what was asked for
/// @param target all suites
/// @param experts the experts, finished
record CombinationChoice(CompositeRequest request, TargetSuite target, List<Expert> experts) {

  /// {@return how they answer}
  ///
  /// @param agent the experts behind their router
  Combination choose(CompositeAgent agent, Kernels kernels)
      throws IOException, InterruptedException {
    if (request.combining() != Combining.AUTO) {
      return Combination.of(request.combining());
    }
    Optional<String> obstacle = Vocabularies.obstacleOf(carrying());
    if (obstacle.isPresent()) {
      return new Combination(Combining.AUTO, Combining.ROUTE, obstacle.get(), List.of());
    }
    List<Answered> routed = measure(agent.combined(Combining.ROUTE), kernels);
    List<Answered> mixed = measure(agent.combined(Combining.MIX), kernels);
    List<Trial> trial = new ArrayList<>();
    for (int c = 0; c < routed.size(); c++) {
      Answered route = routed.get(c);
      trial.add(new Trial(route.capability(), route.agent(), mixed.get(c).agent()));
    }
    var tried = new Combination(Combining.AUTO, Combining.ROUTE, null, trial);
    boolean better = tried.total(Trial::mix).right() > tried.total(Trial::route).right();
    return better ? new Combination(Combining.AUTO, Combining.MIX, null, trial) : tried;
  }

  private List<Source> carrying() {
    List<String> names = experts.stream().map(Expert::source).toList();
    return request.sources().stream().filter(it -> names.contains(it.name())).toList();
  }

  private List<Answered> measure(CompositeAgent agent, Kernels kernels)
      throws IOException, InterruptedException {
    Map<String, String> homes = new LinkedHashMap<>();
    List<CapabilityItem> items = new ArrayList<>();
    for (Expert expert : experts) {
      List<CapabilityItem> own =
          CalibrationParts.of(target.asked(expert.capabilities()), request.seed()).validation();
      own.forEach(item -> homes.put(item.capability(), expert.name()));
      items.addAll(own);
    }
    return new RoutedEvaluation(agent, homes, items).measure(kernels);
  }
}
