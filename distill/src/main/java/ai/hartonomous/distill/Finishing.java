package ai.hartonomous.distill;

import ai.hartonomous.distill.ProgressListener.Stage;
import ai.hartonomous.distill.SizeSearch.Found;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.evaluate.Evaluator;
import ai.hartonomous.distill.evaluate.Evaluator.Written;
import ai.hartonomous.distill.evaluate.ModelSize;
import ai.hartonomous.distill.evaluate.Report;
import ai.hartonomous.distill.evaluate.Retention;
import ai.hartonomous.distill.evaluate.Retention.Kind;
import ai.hartonomous.distill.evaluate.Verdict;
import ai.hartonomous.distill.pack.AgentFolder;
import ai.hartonomous.distill.pack.Manifest;
import ai.hartonomous.distill.pack.Packing;
import ai.hartonomous.distill.pack.Proof;
import ai.hartonomous.distill.prune.EmptyLayers;
import ai.hartonomous.distill.prune.UnsafeVocabularyException;
import ai.hartonomous.distill.prune.VocabularyCut;
import ai.hartonomous.distill.work.WorkFolder;
import ai.hartonomous.model.tokenizer.Tokenizers;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// The last part of a distillation: pack, measure, judge, prove, state, publish. It is short and
/// not kept; one that was killed begins again at the first of these stages.
final class Finishing {
  private final Kernels kernels;
  private final Recipe recipe;
  private final DistillRequest request;
  private final Asked asked;
  private final WorkFolder work;
  private final Steps progress;

  /// What a request turned out to be about.
  ///
  /// @param source the model to distil
  /// @param teacher what to learn from
  /// @param questions its suites
  record Asked(SourceModel source, Teacher teacher, Questions questions) {

    /// {@return which tokens stay, if not all of them}
    ///
    /// @throws InvalidRequestException if the source's tokenizer cannot lose any
    Optional<VocabularyCut> cut(DistillRequest request) throws IOException {
      if (request.packing().vocabulary() == Packing.Vocabulary.WHOLE) {
        return Optional.empty();
      }
      try {
        BitSet used = questions.tokens(source.tokenizer());
        return Optional.of(VocabularyCut.plan(source.tokenizerFolder(), used));
      } catch (UnsafeVocabularyException e) {
        throw new InvalidRequestException("tokens cannot be cut: " + e.getMessage());
      }
    }
  }

  Finishing(
      Kernels kernels,
      Recipe recipe,
      DistillRequest request,
      Asked asked,
      WorkFolder work,
      Steps progress) {
    this.kernels = kernels;
    this.recipe = recipe;
    this.request = request;
    this.asked = asked;
    this.work = work;
    this.progress = progress;
  }

  /// Makes an agent of the part that was found, if it is good enough.
  Outcome finish(Found found) throws IOException, InterruptedException {
    try (AgentFolder folder = Publishing.begin(work)) {
      pack(found, folder);
      Report report = measure(found, folder);
      Verdict verdict = Verdict.of(report);
      if (!verdict.kept()) {
        progress.finish(Stage.EVALUATE, verdict.reason(report));
        return new Outcome.ThresholdNotMet(report, verdict.reason(report));
      }
      Optional<String> costs = request.targets().missed(report.agent());
      if (costs.isPresent()) {
        String reason =
            "threshold_not_met: the best agent, with %d of %d components, %s"
                .formatted(report.agent().components(), report.source().components(), costs.get());
        progress.finish(Stage.EVALUATE, reason);
        return new Outcome.ThresholdNotMet(report, reason);
      }
      state(found, report, prove(found, folder), folder);
      Path agent = Publishing.publish(folder, work, request.output());
      progress.finish(Stage.PACK, "the agent is written");
      return new Outcome.Made(report, agent);
    }
  }

  private void pack(Found found, AgentFolder folder) throws IOException {
    progress.tell(Stage.PACK, "writing the agent");
    Model model = EmptyLayers.remove(found.best().model(), found.best().keep());
    Optional<VocabularyCut> cut = asked.cut(request);
    if (cut.isPresent()) {
      folder.writeModel(model, cut.get(), request.packing());
    } else {
      folder.writeModel(model, asked.source().tokenizerFolder(), request.packing());
    }
  }

  /// Measures the agent as it was written and is read back.
  private Report measure(Found found, AgentFolder folder) throws IOException, InterruptedException {
    progress.tell(Stage.EVALUATE, "measuring source and agent on held-out items");
    SourceModel source = asked.source();
    Questions questions = asked.questions();
    Written agent = folder.readBack();
    var evaluator =
        new Evaluator(
            kernels,
            source.tokenizer(),
            new Written(source.model(), source.bytes()),
            agent,
            Tokenizers.open(folder.folder()));
    List<Retention> retention =
        new ArrayList<>(evaluator.retention(questions.target(), Kind.TARGET, questions.floors()));
    for (CapabilitySuite other : questions.others()) {
      retention.addAll(evaluator.retention(other, Kind.OTHER));
    }
    List<ModelSize> sizes = evaluator.sizes(SuiteExamples.opening(questions.target(), source));
    return new Report(sizes.getFirst(), sizes.getLast(), retention, found.points());
  }

  /// Measures what each part of the agent does, and how well its other formats answer.
  private Proof prove(Found found, AgentFolder folder) throws IOException, InterruptedException {
    SourceModel source = asked.source();
    var subject =
        new Proof.Subject(
            source.model(),
            source.tokenizer(),
            asked.questions().target(),
            found.best().keep(),
            request.seed());
    String what =
        "measuring what each of %d components does".formatted(subject.keep().components());
    return Proof.measure(
        kernels, folder, subject, done -> progress.tell(Stage.EVALUATE, what, done));
  }

  private String recipeText() {
    String teacher = asked.teacher().toString();
    String targets = request.targets().toString();
    return recipe
        + (teacher.isEmpty() ? "" : ", " + teacher)
        + (targets.isEmpty() ? "" : ", at the cost of " + targets);
  }

  private Manifest.Source origin(SourceModel model) {
    return new Manifest.Source(
        model.name(),
        request.source(),
        model.contentHash(),
        model.tokenizer().contentHash(),
        model.licence(),
        model.owner());
  }

  private void state(Found found, Report report, Proof proof, AgentFolder folder)
      throws IOException {
    SourceModel source = asked.source();
    folder.writeManifest(
        new Manifest(
            origin(source),
            asked.teacher().isSource() ? null : origin(asked.teacher().model()),
            new Manifest.Making(
                request.stamp().createdBy(),
                work.created(),
                request.seed(),
                kernels.threads(),
                request.maxComponents(),
                request.threshold(),
                recipeText()),
            asked.questions().used(),
            found.best().keep(),
            found.scores()),
        report,
        proof);
  }
}
