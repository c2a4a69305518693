package ai.hartonomous.distill;

import ai.hartonomous.distill.DistillRequest.Suites;
import ai.hartonomous.distill.ProgressListener.Stage;
import ai.hartonomous.distill.SizeSearch.Data;
import ai.hartonomous.distill.SizeSearch.Found;
import ai.hartonomous.distill.SizeSearch.Limits;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.capability.SuiteException;
import ai.hartonomous.distill.evaluate.Evaluator;
import ai.hartonomous.distill.evaluate.Evaluator.Written;
import ai.hartonomous.distill.evaluate.ModelSize;
import ai.hartonomous.distill.evaluate.Report;
import ai.hartonomous.distill.evaluate.Retention;
import ai.hartonomous.distill.evaluate.Retention.Kind;
import ai.hartonomous.distill.heal.Healer;
import ai.hartonomous.distill.heal.InventedItems;
import ai.hartonomous.distill.heal.TeacherLogits;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.pack.AgentFolder;
import ai.hartonomous.distill.pack.Manifest;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Makes a small model out of a large one that keeps one capability: measures what the capability
/// depends on, cuts the rest away, heals what is left by what the source would have said, measures
/// the result as it was written, and keeps it only if it is good enough.
public final class Distiller {
  private final Kernels kernels;
  private final Recipe recipe;

  /// Distils by {@link Recipe#USUAL}.
  ///
  /// @param kernels computes everything; closed by its owner
  public Distiller(Kernels kernels) {
    this(kernels, Recipe.USUAL);
  }

  /// Distils by another recipe.
  ///
  /// @param kernels computes everything; closed by its owner
  /// @param recipe how to go about it
  public Distiller(Kernels kernels, Recipe recipe) {
    this.kernels = kernels;
    this.recipe = recipe;
  }

  /// Makes an agent. For the same request, recipe and kind and number of kernel threads, the files
  /// are the same, byte by byte.
  ///
  /// @param request what to make
  /// @param listener told about progress
  /// @return the agent, or what was reached instead; in that case nothing was written
  /// @throws InvalidRequestException if the request does not fit the source or the disk
  /// @throws IOException if a file cannot be read or written; nothing is left behind
  /// @throws InterruptedException if the thread was interrupted; nothing is left behind
  public Outcome distill(DistillRequest request, ProgressListener listener)
      throws IOException, InterruptedException {
    try {
      return run(request, listener);
    } catch (ClosedByInterruptException e) {
      Thread.interrupted(); // reported by the exception from here on
      var interrupted = new InterruptedException("reading or writing files");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private Outcome run(DistillRequest request, ProgressListener listener)
      throws IOException, InterruptedException {
    var progress = new Steps(listener);
    progress.tell(Stage.READ, "reading source and suites");
    refuseOutput(request.output());
    SourceModel source = SourceModel.read(request.source());
    Questions questions = Questions.read(request.suites(), source);
    SuiteExamples examples =
        SuiteExamples.of(questions.target(), source.tokenizer(), source.context(), request.seed());
    Found found = search(request, source, examples, progress);
    return finish(request, source, questions, found, progress);
  }

  private Found search(
      DistillRequest request, SourceModel source, SuiteExamples examples, Steps progress)
      throws InterruptedException, InvalidRequestException {
    var teacher = new Transformer(source.model(), kernels);
    progress.tell(Stage.READ, "asking the source");
    List<Example> lessons = new ArrayList<>(examples.training());
    var inventor = new InventedItems(teacher, examples.training(), examples.prompts());
    lessons.addAll(inventor.draw(recipe.prompts(), request.seed()));
    TeacherLogits logits = TeacherLogits.of(teacher, lessons);
    var healer = new Healer(kernels, logits, examples.validation());
    List<Example> calibration = new ArrayList<>(examples.training());
    calibration.addAll(examples.validation());
    int items = Math.min(recipe.importanceItems(), calibration.size());
    var data =
        new Data(calibration.subList(0, items), examples.validation(), examples.capabilities());
    var limits = new Limits(request.maxComponents(), request.threshold(), request.seed());
    return new SizeSearch(kernels, recipe, healer, data, limits, progress).search(source.model());
  }

  private Outcome finish(
      DistillRequest request, SourceModel source, Questions questions, Found found, Steps progress)
      throws IOException, InterruptedException {
    progress.tell(Stage.PACK, "writing the agent");
    try (AgentFolder folder = AgentFolder.begin(request.output())) {
      folder.writeModel(found.best().model(), source.tokenizerFolder());
      progress.tell(Stage.EVALUATE, "measuring source and agent on held-out items");
      Report report = evaluate(source, questions, found, folder);
      Optional<String> shortfall = shortfall(report, request.threshold());
      if (shortfall.isPresent()) {
        progress.finish(Stage.EVALUATE, shortfall.get());
        return new Outcome.ThresholdNotMet(report, shortfall.get());
      }
      folder.writeManifest(manifest(request, source, questions, found), report);
      Path agent = folder.publish();
      progress.finish(Stage.PACK, "the agent is written");
      return new Outcome.Made(report, agent);
    }
  }

  private Manifest manifest(
      DistillRequest request, SourceModel source, Questions questions, Found found) {
    return new Manifest(
        new Manifest.Source(
            source.name(),
            source.contentHash(),
            source.tokenizer().contentHash(),
            source.licence()),
        new Manifest.Making(
            request.stamp().createdBy(),
            request.stamp().created(),
            request.seed(),
            kernels.threads(),
            request.maxComponents(),
            request.threshold(),
            recipe.toString()),
        questions.hashes(),
        found.best().keep(),
        found.scores());
  }

  private Report evaluate(SourceModel source, Questions questions, Found found, AgentFolder folder)
      throws IOException, InterruptedException {
    Written agent = folder.readBack();
    var evaluator =
        new Evaluator(
            kernels, source.tokenizer(), new Written(source.model(), source.bytes()), agent);
    List<Retention> retention =
        new ArrayList<>(evaluator.retention(questions.target(), Kind.TARGET));
    for (CapabilitySuite other : questions.others()) {
      retention.addAll(evaluator.retention(other, Kind.OTHER));
    }
    int[] prompt = source.tokenizer().encodePrompt(questions.target().items().getFirst().prompt());
    List<ModelSize> sizes = evaluator.sizes(prompt);
    return new Report(sizes.getFirst(), sizes.getLast(), retention, found.points());
  }

  /// {@return why the agent is not good enough, if it is not}
  private static Optional<String> shortfall(Report report, double threshold) {
    for (Retention kept : report.retention()) {
      double needed = threshold * kept.source().exactMatch();
      if (kept.kind() == Kind.TARGET && kept.agent().exactMatch() < needed) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "threshold_not_met: the best agent, with %d of %d components, answers %.3f of the"
                    + " held-out %s items exactly; the source answers %.3f, so %.3f were needed",
                report.agent().components(),
                report.source().components(),
                kept.agent().exactMatch(),
                kept.capability(),
                kept.source().exactMatch(),
                needed));
      }
    }
    return Optional.empty();
  }

  private static void refuseOutput(Path output) throws InvalidRequestException {
    if (Files.exists(output)) {
      throw new InvalidRequestException(output + " exists already; the agent needs a new folder");
    }
  }

  /// The suites of a request.
  private record Questions(
      CapabilitySuite target, List<CapabilitySuite> others, List<Manifest.Suite> hashes) {

    static Questions read(Suites files, SourceModel source) throws IOException {
      CapabilitySuite target = suite(files.target());
      List<Manifest.Suite> hashes = new ArrayList<>();
      hashes.add(hash(Kind.TARGET, target));
      List<CapabilitySuite> others = new ArrayList<>();
      for (Path file : files.others()) {
        CapabilitySuite other = suite(file);
        SuiteExamples.check(other, source.tokenizer(), source.context());
        others.add(other);
        hashes.add(hash(Kind.OTHER, other));
      }
      return new Questions(target, others, hashes);
    }

    private static Manifest.Suite hash(Kind kind, CapabilitySuite suite) {
      return new Manifest.Suite(
          kind, suite.capabilities(), suite.items().size(), suite.contentHash());
    }

    private static CapabilitySuite suite(Path file) throws IOException {
      if (!Files.isRegularFile(file)) {
        throw new InvalidRequestException("no suite file at " + file);
      }
      try {
        return CapabilitySuite.read(file);
      } catch (SuiteException e) {
        throw new InvalidRequestException(String.valueOf(e.getMessage()));
      }
    }
  }
}
