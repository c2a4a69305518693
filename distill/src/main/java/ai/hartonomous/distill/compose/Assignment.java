package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.DistillRequest;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.compose.Answers.Answered;
import ai.hartonomous.distill.compose.CompositeReport.Bid;
import ai.hartonomous.distill.compose.CompositeReport.Carried;
import ai.hartonomous.distill.compose.CompositeRequest.Source;
import ai.hartonomous.distill.work.WorkFolder;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which source carries what.
///
/// @param carried every capability with what the sources can do
/// @param parts every source that carries something, in the order of the request; empty where a
///   capability can be asked of no source
record Assignment(List<Carried> carried, List<Part> parts) {

  /// A source with what it carries.
  ///
  /// @param source the source
  /// @param name name of the expert
  /// @param capabilities what it carries, in the order of the suite
  record Part(Source source, String name, List<String> capabilities) {}

  /// Told how far the asking is.
  @FunctionalInterface
  interface Listener {

    /// Hears of progress.
    void at(double done, String message);
  }

  /// Asks all sources, one after the other, so that one model is in memory at a time.
  static Assignment of(
      CompositeRequest request,
      TargetSuite target,
      Kernels kernels,
      WorkFolder work,
      Listener listener)
      throws IOException, InterruptedException {
    List<Source> sources = request.sources();
    List<Answers> answers = new ArrayList<>();
    for (Source source : sources) {
      double done = (double) answers.size() / sources.size();
      listener.at(done, "asking %s what it can do".formatted(source.name()));
      String name = "answers-" + (answers.size() + 1);
      answers.add(
          work.stage(
              name, "", new AnswersFormat(source, target), () -> answers(source, target, kernels)));
    }
    int @Nullable [] carriers = new CarrierChoice(answers).choose().orElse(null);
    List<String> capabilities = target.suite().capabilities();
    List<Carried> carried = new ArrayList<>();
    for (int c = 0; c < capabilities.size(); c++) {
      int place = c;
      String by = carriers == null ? null : sources.get(carriers[c]).name();
      List<Bid> bids = answers.stream().map(one -> one.bid(place)).toList();
      carried.add(new Carried(capabilities.get(c), by, bids));
    }
    List<Part> parts = carriers == null ? List.of() : parts(sources, carriers, capabilities);
    return new Assignment(List.copyOf(carried), parts);
  }

  private static List<Part> parts(List<Source> sources, int[] carriers, List<String> capabilities) {
    List<Part> parts = new ArrayList<>();
    for (int s = 0; s < sources.size(); s++) {
      List<String> own = new ArrayList<>();
      for (int c = 0; c < carriers.length; c++) {
        if (carriers[c] == s) {
          own.add(capabilities.get(c));
        }
      }
      Source source = sources.get(s);
      if (!own.isEmpty()) {
        parts.add(new Part(source, CompositeAgent.name(parts.size() + 1, source.name()), own));
      }
    }
    return List.copyOf(parts);
  }

  private static Answers answers(Source source, TargetSuite target, Kernels kernels)
      throws IOException, InterruptedException {
    Asked asked = Asked.read(source.folder());
    List<Answered> all = new ArrayList<>();
    for (String capability : target.suite().capabilities()) {
      if (Thread.interrupted()) {
        throw new InterruptedException("asking the sources");
      }
      String refusal = asked.obstacle(target.items(capability)).orElse(null);
      boolean @Nullable [] right =
          refusal == null
              ? asked.right(target.items(capability, Split.CALIBRATION), kernels)
              : null;
      all.add(new Answered(capability, right, refusal));
    }
    return new Answers(source.name(), asked.components(), all);
  }

  /// {@return why no agent can be made of these parts, if so}
  Optional<String> obstacle(CompositeRequest request, TargetSuite target) {
    for (Carried one : carried) {
      boolean asked = one.bids().stream().anyMatch(bid -> bid.right() != null);
      boolean known = one.bids().stream().anyMatch(Assignment::knows);
      if (!asked || (!known && target.floor(one.capability(), request.threshold()) > 0)) {
        String what = asked ? "answers a calibration item of" : "can be asked for";
        return Optional.of("no source %s %s".formatted(what, one.capability()));
      }
    }
    int least = parts.size() * DistillRequest.LEAST_COMPONENTS;
    if (least <= request.maxComponents()) {
      return Optional.empty();
    }
    return Optional.of(
        "the capabilities need %d sources and so at least %d components; at most %d are allowed"
            .formatted(parts.size(), least, request.maxComponents()));
  }

  private static boolean knows(Bid bid) {
    Count right = bid.right();
    return right != null && right.right() > 0;
  }
}
