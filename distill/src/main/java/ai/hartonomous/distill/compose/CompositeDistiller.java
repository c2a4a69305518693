package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.DistillRequest;
import ai.hartonomous.distill.Distiller;
import ai.hartonomous.distill.InvalidRequestException;
import ai.hartonomous.distill.Outcome;
import ai.hartonomous.distill.ProgressListener;
import ai.hartonomous.distill.ProgressListener.Progress;
import ai.hartonomous.distill.ProgressListener.Stage;
import ai.hartonomous.distill.Recipe;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.compose.Assignment.Part;
import ai.hartonomous.distill.compose.CompositeReport.Carried;
import ai.hartonomous.distill.compose.CompositeReport.Expert;
import ai.hartonomous.distill.compose.CompositeReport.Routed;
import ai.hartonomous.distill.compose.CompositeRequest.Source;
import ai.hartonomous.distill.pack.Packing;
import ai.hartonomous.distill.route.Router;
import ai.hartonomous.distill.route.Router.ExpertPrompts;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Makes one agent out of several models, also of different architectures and tokenizers: asks
/// every source the calibration items, lets each capability be carried by one that is as good at it
/// as the best, cuts one expert out of each carrying source by {@link Distiller}, and puts a router
/// before them. What the first experts leave of the components is for the later ones.
public final class CompositeDistiller {
  private static final double ASSIGNED = 0.05;
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

  /// Makes an agent. For the same request, recipe and kind and number of kernel threads, the files
  /// are the same, byte by byte.
  ///
  /// @param request what to make
  /// @param listener told about progress
  /// @return the agent, or what was reached instead; in that case nothing was written
  /// @throws InvalidRequestException if the request does not fit the sources or the disk
  /// @throws IOException if a file cannot be read or written; nothing is left behind
  /// @throws InterruptedException if the thread was interrupted; nothing is left behind
  public CompositeOutcome distill(CompositeRequest request, ProgressListener listener)
      throws IOException, InterruptedException {
    try {
      return new Run(request, listener).run();
    } catch (ClosedByInterruptException e) {
      Thread.interrupted(); // reported by the exception from here on
      var interrupted = new InterruptedException("reading or writing files");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  /// One distillation.
  private final class Run {
    private final CompositeRequest request;
    private final ProgressListener listener;
    private final List<Expert> experts = new ArrayList<>();
    private List<Carried> carried = List.of();

    Run(CompositeRequest request, ProgressListener listener) {
      this.request = request;
      this.listener = listener;
    }

    CompositeOutcome run() throws IOException, InterruptedException {
      tell(Stage.READ, 0, "reading the suites");
      if (Files.exists(request.output())) {
        throw new InvalidRequestException(
            request.output() + " exists already; the agent needs a new folder");
      }
      TargetSuite target = TargetSuite.read(request.suites().targets());
      if (request.sources().size() > 1) {
        target.requirePrompts();
      }
      Assignment assignment = Assignment.of(request, target, kernels, this::tellAssigning);
      carried = assignment.carried();
      List<Part> parts = assignment.parts();
      Optional<String> obstacle = assignment.obstacle(request);
      if (obstacle.isPresent()) {
        return missed(obstacle.get(), List.of());
      }
      try (CompositeFolder folder = CompositeFolder.begin(request.output())) {
        for (int i = 0; i < parts.size(); i++) {
          Outcome outcome = distill(parts, i, target, folder);
          if (outcome instanceof Outcome.ThresholdNotMet(_, String reason)) {
            return missed(whose(parts.get(i), reason), List.of());
          }
        }
        return parts.size() == 1 ? alone(folder) : routed(target, folder);
      }
    }

    private Outcome distill(
        List<Part> parts, int number, TargetSuite target, CompositeFolder folder)
        throws IOException, InterruptedException {
      Part part = parts.get(number);
      int later = parts.size() - number - 1;
      int used = experts.stream().mapToInt(e -> e.report().agent().components()).sum();
      int limit = request.maxComponents() - used - later * DistillRequest.LEAST_COMPONENTS;
      Path suite = folder.scratch(part.name() + ".jsonl");
      target.part(part.capabilities()).write(suite);
      var one =
          new DistillRequest(
              part.source().folder(),
              new DistillRequest.Suites(suite, others(part.source())),
              limit,
              request.threshold(),
              request.seed(),
              request.stamp(),
              Packing.USUAL,
              folder.expert(part.name()));
      double width = (DISTILLED - ASSIGNED) / parts.size();
      double start = ASSIGNED + number * width;
      Outcome outcome =
          new Distiller(kernels, recipe)
              .distill(one, step -> tell(part, step, start + width * step.fraction()));
      experts.add(
          new Expert(
              part.name(), part.source().name(), part.capabilities(), limit, outcome.report()));
      return outcome;
    }

    private List<Path> others(Source source) throws IOException {
      List<Path> possible = new ArrayList<>();
      Asked asked = request.suites().others().isEmpty() ? null : Asked.read(source.folder());
      for (Path file : request.suites().others()) {
        boolean expressible =
            !Files.isRegularFile(file)
                || asked == null
                || asked.obstacle(CapabilitySuite.read(file).items(Split.HELD_OUT)).isEmpty();
        if (expressible) { // a missing file is refused by the distillation
          possible.add(file);
        }
      }
      return possible;
    }

    private CompositeOutcome alone(CompositeFolder folder) throws IOException {
      Path agent = folder.publish(experts.getFirst().name());
      tell(Stage.PACK, 1, "the agent is written");
      return new CompositeOutcome.Made(report(List.of()), agent);
    }

    private CompositeOutcome routed(TargetSuite target, CompositeFolder folder)
        throws IOException, InterruptedException {
      tell(Stage.ROUTE, DISTILLED, "learning to route");
      folder.writeRouter(router(target));
      tell(Stage.EVALUATE, ROUTED, "measuring the experts behind the router");
      CompositeAgent agent = CompositeAgent.open(folder.agent());
      List<Routed> routing = new RoutedEvaluation(agent, experts, target).measure(kernels);
      Optional<String> shortfall = shortfall(routing);
      if (shortfall.isPresent()) {
        return missed(shortfall.get(), routing);
      }
      CompositeReport report = report(routing);
      var text = new CompositeText(request, report, recipe.toString(), kernels.threads());
      folder.write("README.md", text.card(folder));
      folder.write("manifest.json", text.manifest(folder, target.suite()));
      Path place = folder.publish();
      tell(Stage.PACK, 1, "the agent is written");
      return new CompositeOutcome.Made(report, place);
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

    private Optional<String> shortfall(List<Routed> routing) {
      for (Routed one : routing) {
        double needed = request.threshold() * one.source().share();
        if (one.agent().share() < needed) {
          return Optional.of(
              String.format(
                  Locale.ROOT,
                  "behind the router, which sends %d of %d %s prompts to their expert, the agent"
                      + " answers %.3f of them exactly; the source answers %.3f, so %.3f were needed",
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

    private String whose(Part part, String reason) {
      return "of %s: %s".formatted(part.source().name(), reason.replace("threshold_not_met: ", ""));
    }

    private CompositeOutcome missed(String reason, List<Routed> routing) {
      tell(Stage.EVALUATE, 1, reason);
      return new CompositeOutcome.ThresholdNotMet(report(routing), "threshold_not_met: " + reason);
    }

    private CompositeReport report(List<Routed> routing) {
      return new CompositeReport(request.maxComponents(), carried, experts, routing);
    }

    private void tellAssigning(double done, String message) {
      tell(Stage.ASSIGN, done * ASSIGNED, message);
    }

    private void tell(Part part, Progress step, double fraction) {
      tell(step.stage(), fraction, "%s: %s".formatted(part.name(), step.message()));
    }

    private void tell(Stage stage, double fraction, String message) {
      listener.at(new Progress(stage, fraction, message));
    }
  }
}
