package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.DistillRequest;
import ai.hartonomous.distill.DistillRequest.Stamp;
import ai.hartonomous.distill.DistillRequest.Target;
import ai.hartonomous.distill.Distiller;
import ai.hartonomous.distill.Outcome;
import ai.hartonomous.distill.ProgressListener;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.compose.Assignment.Part;
import ai.hartonomous.distill.compose.CompositeRequest.Source;
import ai.hartonomous.distill.evaluate.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes the experts of one agent, and notes in its work folder what came of each attempt.
final class ExpertMaking {
  private final CompositeRequest request;
  private final Distiller distiller;
  private final TargetSuite target;
  private final CompositeWork work;

  ExpertMaking(
      CompositeRequest request, Distiller distiller, TargetSuite target, CompositeWork work) {
    this.request = request;
    this.distiller = distiller;
    this.target = target;
    this.work = work;
  }

  /// Makes an expert, unless it is finished.
  ///
  /// @param turn which, and within what
  /// @param progress told about it
  /// @return its figures, or what was reached
  Tried make(Turn turn, ProgressListener progress) throws IOException, InterruptedException {
    Part part = turn.part();
    String inputs = "%d components for %s".formatted(turn.limit(), part.capabilities());
    Optional<CompositeWork.Shortfall> kept = work.tooShort(turn.stage(), inputs);
    if (kept.isPresent()) {
      return turn.tried(kept.get().report(), kept.get().reason());
    }
    Optional<Report> made = work.finished(part.name(), inputs);
    if (made.isPresent()) {
      return turn.tried(made.get(), null);
    }
    Outcome outcome = distill(turn, progress);
    Report report = outcome.report();
    return switch (outcome) {
      case Outcome.Made _ -> {
        work.finish(part.name(), inputs, report);
        yield turn.tried(report, null);
      }
      case Outcome.ThresholdNotMet(_, String reason) -> {
        work.noteShort(turn.stage(), inputs, new CompositeWork.Shortfall(report, reason));
        yield turn.tried(report, reason);
      }
    };
  }

  private List<Target> targets(Part part) throws IOException {
    if (target.floors().isEmpty()) {
      Path suite = work.suite(part.name());
      target.part(part.capabilities()).write(suite);
      return List.of(new Target(suite, null));
    }
    List<Target> targets = new ArrayList<>();
    for (String capability : part.capabilities()) {
      Path suite = work.suite(part.name() + "-" + (targets.size() + 1));
      target.part(List.of(capability)).write(suite);
      targets.add(new Target(suite, target.floor(capability, request.threshold())));
    }
    return targets;
  }

  private Outcome distill(Turn turn, ProgressListener progress)
      throws IOException, InterruptedException {
    Part part = turn.part();
    var one =
        new DistillRequest(
            part.source().folder(),
            new DistillRequest.Suites(targets(part), others(part.source())),
            turn.limit(),
            request.threshold(),
            request.seed(),
            new Stamp(request.stamp().createdBy(), work.created()),
            request.packing(),
            work.expert(part.name()));
    return distiller.distill(one, work.work(turn.stage()), progress);
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
}
