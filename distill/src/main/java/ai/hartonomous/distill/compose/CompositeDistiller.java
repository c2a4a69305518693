package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.Distiller;
import ai.hartonomous.distill.InvalidRequestException;
import ai.hartonomous.distill.ProgressListener;
import ai.hartonomous.distill.ProgressListener.Progress;
import ai.hartonomous.distill.ProgressListener.Stage;
import ai.hartonomous.distill.Recipe;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.compose.Assignment.Part;
import ai.hartonomous.distill.compose.CompositeReport.Carried;
import ai.hartonomous.distill.compose.CompositeReport.Expert;
import ai.hartonomous.distill.compose.CompositeReport.Routed;
import ai.hartonomous.distill.evaluate.Retention;
import ai.hartonomous.distill.evaluate.Retention.Kind;
import ai.hartonomous.distill.pack.CardHead;
import ai.hartonomous.distill.pack.Licences;
import ai.hartonomous.distill.route.Router;
import ai.hartonomous.distill.route.Router.ExpertPrompts;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes one agent out of several models, also of different architectures and tokenizers: asks
/// every source the calibration items, lets each capability be carried by one that is as good at it
/// as the best, cuts one expert out of each carrying source by {@link Distiller}, and puts a router
/// before them, which chooses one for a prompt or, where they share a tokenizer, weighs them. Each
/// expert may first use its fair share of the components that are left; those for which that is too
/// little are made again with what all others left.
///
/// What is finished is kept in a work folder until the distillation ends. After a failure, an
/// interrupt or a crash the same request goes on with it, to the same bytes.
public final class CompositeDistiller {
  private static final double ASSIGNED = 0.05;
  private static final double AGAIN = 0.82;
  private static final double DISTILLED = 0.92;
  private static final double ROUTED = 0.94;

  private final Kernels kernels;
  private final Recipe recipe;

  /// Distils by one recipe.
  ///
  /// @param kernels computes everything; closed by its owner
  /// @param recipe how to go about each expert
  public CompositeDistiller(Kernels kernels, Recipe recipe) {
    this.kernels = kernels;
    this.recipe = recipe;
  }

  /// Makes an agent, with the work folder beside the output.
  ///
  /// @param request what to make
  /// @param listener told about progress
  /// @return the agent, or what was reached instead
  /// @throws IOException as the other method says
  /// @throws InterruptedException if the thread was interrupted; the work folder stays
  public CompositeOutcome distill(CompositeRequest request, ProgressListener listener)
      throws IOException, InterruptedException {
    return distill(request, Distiller.workFolder(request.output()), listener);
  }

  /// Makes an agent. For the same request, recipe and kind and number of kernel threads, the files
  /// are the same, byte by byte, however often the distillation was broken off and asked for again.
  ///
  /// @param request what to make; of its stamp, the time counts only where no work was left
  /// @param work where to keep what is finished, on the file system of the output; removed when
  ///   there is an outcome
  /// @param listener told about progress
  /// @return the agent, or what was reached instead; in that case nothing was written
  /// @throws InvalidRequestException if the request does not fit the sources or the disk; no work
  ///   is left
  /// @throws ai.hartonomous.distill.work.WorkFolderException if `work` belongs to another request
  ///   or another running distillation, or is something else; it stays as it is
  /// @throws IOException if a file cannot be read or written; no agent is left, but the work folder
  /// @throws InterruptedException if the thread was interrupted; no agent is left, but the work
  ///   folder
  public CompositeOutcome distill(CompositeRequest request, Path work, ProgressListener listener)
      throws IOException, InterruptedException {
    try {
      return new Run(request, listener).run(work);
    } catch (ClosedByInterruptException e) {
      Thread.interrupted(); // reported by the exception from here on
      var interrupted = new InterruptedException("reading or writing files");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  /// Deletes a work folder, of one source or of several; does nothing where there is none.
  ///
  /// @param work the folder
  /// @throws ai.hartonomous.distill.work.WorkFolderException if it is something else, or a process
  ///   works in it
  /// @throws IOException if the disk refuses
  public static void discard(Path work) throws IOException {
    CompositeWork.discard(work);
  }

  /// One distillation.
  private final class Run {
    private final CompositeRequest request;
    private final ProgressListener listener;
    private final List<Expert> experts = new ArrayList<>();
    private List<Carried> carried = List.of();
    private @Nullable Combination combination;

    Run(CompositeRequest request, ProgressListener listener) {
      this.request = request;
      this.listener = listener;
    }

    CompositeOutcome run(Path folder) throws IOException, InterruptedException {
      tell(Stage.READ, 0, "reading the suites");
      if (!Files.exists(folder)) {
        refuseExisting();
      }
      TargetSuite target = TargetSuite.read(request.suites());
      if (request.sources().size() > 1) {
        target.requireRoutable();
      }
      if (request.combining() == Combining.MIX) {
        refuseUnmixable();
      }
      var subject = Subject.of(request, target, recipe, kernels);
      try (CompositeWork work =
          CompositeWork.open(folder, subject, notice -> tell(Stage.READ, 0, notice))) {
        Optional<CompositeReport> published = work.published(request.output());
        if (published.isEmpty()) {
          refuseExisting();
        }
        CompositeOutcome outcome =
            published.isPresent()
                ? new CompositeOutcome.Made(published.get(), request.output())
                : outcome(target, work);
        work.remove();
        return outcome;
      }
    }

    private void refuseUnmixable() throws IOException {
      Optional<String> obstacle = Vocabularies.obstacleOf(request.sources());
      if (obstacle.isPresent()) {
        throw new InvalidRequestException("no agent can be made: " + obstacle.get());
      }
    }

    private void refuseExisting() throws InvalidRequestException {
      if (Files.exists(request.output())) {
        throw new InvalidRequestException(
            request.output() + " exists already; the agent needs a new folder");
      }
    }

    private CompositeOutcome outcome(TargetSuite target, CompositeWork work)
        throws IOException, InterruptedException {
      try {
        return make(target, work);
      } catch (InvalidRequestException e) {
        work.remove(); // another try would end here, too
        throw e;
      }
    }

    private CompositeOutcome make(TargetSuite target, CompositeWork work)
        throws IOException, InterruptedException {
      Assignment assignment =
          Assignment.of(request, target, kernels, work.state(), this::tellAssigning);
      carried = assignment.carried();
      List<Part> parts = assignment.parts();
      Optional<String> obstacle = assignment.obstacle(request, target);
      if (obstacle.isPresent()) {
        return missed(obstacle.get(), List.of());
      }
      refuseLicences(parts);
      Optional<String> shortfall = experts(parts, target, work);
      if (shortfall.isPresent()) {
        return missed(shortfall.get(), List.of());
      }
      return parts.size() == 1 ? alone(work) : routed(target, work);
    }

    private static void refuseLicences(List<Part> parts) throws IOException {
      Map<String, Optional<String>> licences = new LinkedHashMap<>();
      for (Part part : parts) {
        Optional<String> stated =
            Optional.ofNullable(CardHead.read(part.source().folder()).licence());
        licences.put(part.name(), stated);
      }
      Optional<String> refusal = Licences.combine(licences).refusal();
      if (refusal.isPresent()) {
        throw new InvalidRequestException("no agent can be made: " + refusal.get());
      }
    }

    /// Makes all experts. Each is given its fair share of what is left; those for which that is too
    /// little are made again with what all others left.
    ///
    /// @return why one is not good enough, if so
    private Optional<String> experts(List<Part> parts, TargetSuite target, CompositeWork work)
        throws IOException, InterruptedException {
      var budget = new SharedBudget(request.maxComponents(), parts.size());
      var making = new ExpertMaking(request, new Distiller(kernels, recipe), target, work);
      List<Tried> tried = new ArrayList<>();
      for (int i = 0; i < parts.size(); i++) {
        var turn = new Turn(parts, i, budget.first(i), "first");
        tried.add(making.make(turn, progressing(turn)));
        budget.note(i, tried.get(i).components(), tried.get(i).shortfall() == null);
        if (tried.get(i).isHopeless(budget.most())) {
          break; // nothing that others leave would help
        }
      }
      for (int i = 0; i < tried.size(); i++) {
        int limit = budget.second(i);
        boolean hopeless = tried.get(i).isHopeless(limit);
        if (tried.get(i).shortfall() != null && !hopeless) {
          var turn = new Turn(parts, i, limit, "second");
          tried.set(i, making.make(turn, progressing(turn)));
          budget.note(i, tried.get(i).components(), tried.get(i).shortfall() == null);
        }
        String shortfall = tried.get(i).shortfall();
        if (shortfall != null) {
          experts.add(tried.get(i).expert());
          return Optional.of(whose(parts.get(i), shortfall));
        }
      }
      tried.forEach(one -> experts.add(one.expert()));
      return Optional.empty();
    }

    /// Second turns share the last tenth, whichever they are.
    private ProgressListener progressing(Turn turn) {
      boolean first = turn.pass().equals("first");
      double end = first ? AGAIN : DISTILLED;
      double begin = first ? ASSIGNED : AGAIN;
      double width = (end - begin) / turn.parts().size();
      double start = begin + turn.number() * width;
      return step -> tell(turn.part(), step, start + width * step.fraction());
    }

    private CompositeOutcome alone(CompositeWork work) throws IOException, InterruptedException {
      CompositeReport report = report(List.of());
      Path whole = work.expert(experts.getFirst().name());
      Path agent = work.publish(whole, report, request.output());
      tell(Stage.PACK, 1, "the agent is written");
      return new CompositeOutcome.Made(report, agent);
    }

    private CompositeOutcome routed(TargetSuite target, CompositeWork work)
        throws IOException, InterruptedException {
      tell(Stage.ROUTE, DISTILLED, "learning to route");
      work.writeRouter(router(target));
      tell(Stage.EVALUATE, ROUTED, "measuring the experts behind the router");
      CompositeAgent routed = CompositeAgent.open(work.agent());
      Combination chosen = new CombinationChoice(request, target, experts).choose(routed, kernels);
      combination = chosen;
      List<Routed> routing = routing(routed.combined(chosen.used()), target);
      Optional<String> shortfall = shortfall(routing, target);
      if (shortfall.isPresent()) {
        return missed(shortfall.get(), routing);
      }
      CompositeReport report = report(routing);
      var making = new CompositeText.Making(recipe.toString(), kernels.threads());
      var text = new CompositeText(request, report, making, work);
      work.write("README.md", text.card());
      work.writeManifest(text.manifest(target.suite()));
      Path place = work.publish(work.agent(), report, request.output());
      tell(Stage.PACK, 1, "the agent is written");
      return new CompositeOutcome.Made(report, place);
    }

    private List<Routed> routing(CompositeAgent agent, TargetSuite target)
        throws IOException, InterruptedException {
      Map<String, String> homes = new LinkedHashMap<>();
      Map<String, Count> sources = new HashMap<>();
      for (Expert expert : experts) {
        for (Retention own : expert.report().retention()) {
          if (own.kind() == Kind.TARGET) {
            homes.put(own.capability(), expert.name());
            sources.put(own.capability(), new Count(own.source().items(), own.source().right()));
          }
        }
      }
      var evaluation = new RoutedEvaluation(agent, homes, target.suite().items(Split.HELD_OUT));
      List<Routed> routing = new ArrayList<>();
      for (RoutedEvaluation.Answered one : evaluation.measure(kernels)) {
        Count source = Objects.requireNonNull(sources.get(one.capability()));
        routing.add(
            new Routed(
                one.capability(), one.expert(), one.routed(), one.notKnown(), source, one.agent()));
      }
      return routing;
    }

    private Router router(TargetSuite target) throws InterruptedException {
      List<ExpertPrompts> prompts = new ArrayList<>();
      int fallback = 0;
      for (int e = 0; e < experts.size(); e++) {
        Expert expert = experts.get(e);
        List<String> own =
            target.part(expert.capabilities()).items(Split.CALIBRATION).stream()
                .map(item -> item.prompt())
                .toList();
        prompts.add(new ExpertPrompts(expert.name(), own));
        int most = experts.get(fallback).capabilities().size();
        fallback = expert.capabilities().size() > most ? e : fallback;
      }
      return Router.learn(prompts, fallback);
    }

    private Optional<String> shortfall(List<Routed> routing, TargetSuite target) {
      for (Routed one : routing) {
        double floor = target.floor(one.capability(), request.threshold());
        double needed = floor * one.source().share();
        if (one.agent().share() < needed) {
          return Optional.of(
              String.format(
                  Locale.ROOT,
                  "%s the router, which sends %d of %d %s prompts to their expert, the agent"
                      + " gets %.3f of them right; the source gets %.3f, so %.3f were needed",
                  mixes() ? "mixed by the probabilities of" : "behind",
                  one.routed().right(),
                  one.routed().items(),
                  one.capability(),
                  one.agent().share(),
                  one.source().share(),
                  needed));
        }
      }
      return Optional.empty();
    }

    private boolean mixes() {
      return combination != null && combination.used() == Combining.MIX;
    }

    private String whose(Part part, String reason) {
      return "of %s: %s".formatted(part.source().name(), reason.replace("threshold_not_met: ", ""));
    }

    private CompositeOutcome missed(String reason, List<Routed> routing) {
      tell(Stage.EVALUATE, 1, reason);
      return new CompositeOutcome.ThresholdNotMet(report(routing), "threshold_not_met: " + reason);
    }

    private CompositeReport report(List<Routed> routing) {
      return new CompositeReport(request.maxComponents(), carried, experts, routing, combination);
    }

    private void tellAssigning(double done, String message) {
      tell(Stage.ASSIGN, done * ASSIGNED, message);
    }

    private void tell(Part part, Progress step, double fraction) {
      String message = "%s: %s".formatted(part.name(), step.message());
      listener.at(new Progress(step.stage(), fraction, message, step.search()));
    }

    private void tell(Stage stage, double fraction, String message) {
      listener.at(new Progress(stage, fraction, message));
    }
  }
}
