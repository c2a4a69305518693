package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.compose.CompositeReport.Expert;
import ai.hartonomous.distill.compose.CompositeReport.Routed;
import ai.hartonomous.distill.evaluate.Retention;
import ai.hartonomous.distill.evaluate.Retention.Kind;
import ai.hartonomous.distill.route.Router.Choice;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Measures an agent of several sources as it was written: every held-out prompt goes to the expert
/// that the router chooses, and counts by what that expert answers.
final class RoutedEvaluation {
  private final CompositeAgent agent;
  private final List<Expert> experts;
  private final List<CapabilityItem> items;

  RoutedEvaluation(CompositeAgent agent, List<Expert> experts, TargetSuite suite) {
    this.agent = agent;
    this.experts = experts;
    this.items = suite.suite().items(Split.HELD_OUT);
  }

  /// {@return one entry for each capability, in the order of the experts}
  List<Routed> measure(Kernels kernels) throws IOException, InterruptedException {
    List<Choice> choices =
        items.stream().map(item -> agent.router().choose(item.prompt())).toList();
    boolean[] right = answers(choices, kernels);
    List<Routed> routed = new ArrayList<>();
    for (Expert expert : experts) {
      for (Retention own : expert.report().retention()) {
        if (own.kind() == Kind.TARGET) {
          routed.add(routed(expert, own, choices, right));
        }
      }
    }
    return routed;
  }

  private boolean[] answers(List<Choice> choices, Kernels kernels)
      throws IOException, InterruptedException {
    boolean[] right = new boolean[items.size()];
    for (int expert = 0; expert < agent.experts().size(); expert++) {
      List<Integer> places = new ArrayList<>();
      for (int i = 0; i < right.length; i++) {
        if (choices.get(i).expert() == expert) {
          places.add(i);
        }
      }
      if (Thread.interrupted()) {
        throw new InterruptedException("measuring the experts behind the router");
      }
      List<CapabilityItem> own = places.stream().map(items::get).toList();
      boolean[] answers = Asked.read(agent.experts().get(expert)).right(own, kernels);
      for (int i = 0; i < answers.length; i++) {
        right[places.get(i)] = answers[i];
      }
    }
    return right;
  }

  private Routed routed(Expert expert, Retention own, List<Choice> choices, boolean[] right) {
    int all = 0;
    int sent = 0;
    int notKnown = 0;
    int answered = 0;
    for (int i = 0; i < right.length; i++) {
      if (items.get(i).capability().equals(own.capability())) {
        all++;
        sent += choices.get(i).name().equals(expert.name()) ? 1 : 0;
        notKnown += choices.get(i).known() ? 0 : 1;
        answered += right[i] ? 1 : 0;
      }
    }
    return new Routed(
        own.capability(),
        expert.name(),
        new Count(all, sent),
        notKnown,
        new Count(own.source().items(), own.source().right()),
        new Count(all, answered));
  }
}
