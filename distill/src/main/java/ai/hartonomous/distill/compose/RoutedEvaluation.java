package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.route.Router.Choice;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Measures an agent of several sources as it was written: every prompt goes to the expert that the
/// router chooses, and counts by what that expert answers; or by what all of them answer, where
/// they are mixed.
final class RoutedEvaluation {
  private final CompositeAgent agent;
  private final Map<String, String> homes;
  private final List<CapabilityItem> items;

  /// Prepares.
  ///
  /// @param agent what to measure
  /// @param homes name of the expert that carries each capability
  /// @param items what to ask
  RoutedEvaluation(CompositeAgent agent, Map<String, String> homes, List<CapabilityItem> items) {
    this.agent = agent;
    this.homes = homes;
    this.items = items;
  }

  /// How the items of one capability went.
  ///
  /// @param capability its name
  /// @param expert name of the expert that carries it
  /// @param routed how many the router sends to that expert, whether or not others answer too
  /// @param notKnown how many it does not know, and sends to the fallback
  /// @param agent how many were answered exactly
  record Answered(String capability, String expert, Count routed, int notKnown, Count agent) {}

  /// {@return one entry for each capability, in the order of the homes}
  List<Answered> measure(Kernels kernels) throws IOException, InterruptedException {
    List<Choice> choices =
        items.stream().map(item -> agent.router().choose(item.prompt())).toList();
    boolean[] right =
        switch (agent.combining()) {
          case ROUTE -> answers(choices, kernels);
          case MIX -> together(kernels);
          case AUTO -> throw new IllegalStateException("it was not decided how experts answer");
        };
    List<Answered> all = new ArrayList<>();
    homes.forEach((capability, expert) -> all.add(answered(capability, expert, choices, right)));
    return all;
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

  private boolean[] together(Kernels kernels) throws IOException, InterruptedException {
    MixedExperts experts = MixedExperts.read(agent, kernels);
    boolean[] right = new boolean[items.size()];
    for (int i = 0; i < right.length; i++) {
      if (Thread.interrupted()) {
        throw new InterruptedException("measuring the mixed experts");
      }
      double[] weights = agent.router().probabilities(items.get(i).prompt());
      right[i] = experts.right(items.get(i), weights);
    }
    return right;
  }

  private Answered answered(
      String capability, String expert, List<Choice> choices, boolean[] right) {
    int all = 0;
    int sent = 0;
    int notKnown = 0;
    int answered = 0;
    for (int i = 0; i < right.length; i++) {
      if (items.get(i).capability().equals(capability)) {
        all++;
        sent += choices.get(i).name().equals(expert) ? 1 : 0;
        notKnown += choices.get(i).known() ? 0 : 1;
        answered += right[i] ? 1 : 0;
      }
    }
    return new Answered(
        capability, expert, new Count(all, sent), notKnown, new Count(all, answered));
  }
}
