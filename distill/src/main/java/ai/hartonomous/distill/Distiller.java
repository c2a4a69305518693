package ai.hartonomous.distill;

import ai.hartonomous.distill.Finishing.Asked;
import ai.hartonomous.distill.ProgressListener.Stage;
import ai.hartonomous.distill.SizeSearch.Data;
import ai.hartonomous.distill.SizeSearch.Found;
import ai.hartonomous.distill.SizeSearch.Limits;
import ai.hartonomous.distill.SizeSearch.Tools;
import ai.hartonomous.distill.capability.Scorer;
import ai.hartonomous.distill.heal.Healer;
import ai.hartonomous.distill.heal.InventedItems;
import ai.hartonomous.distill.heal.TeacherLogits;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.pack.Licences;
import ai.hartonomous.distill.work.WorkFolder;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Makes a small model out of a large one that keeps one capability: measures what the capability
/// depends on, cuts the rest away, heals what is left by what the source would have said, measures
/// the result as it was written, and keeps it only if it is good enough.
///
/// What is finished is kept in a work folder until the distillation ends. After a failure, an
/// interrupt or a crash the same request goes on with it, to the same bytes.
public final class Distiller {
  private final Kernels kernels;
  private final Recipe recipe;
  private final Teaching teaching;

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
    this(kernels, recipe, Teaching.SOURCE);
  }

  /// Distils by another recipe and from other models.
  ///
  /// @param kernels computes everything; closed by its owner
  /// @param recipe how to go about it
  /// @param teaching what to learn from
  public Distiller(Kernels kernels, Recipe recipe, Teaching teaching) {
    this.kernels = kernels;
    this.recipe = recipe;
    this.teaching = teaching;
  }

  /// {@return where the work of a request is kept if nothing else is said: beside the output, with
  /// `.work` at the end of its name}
  ///
  /// @param output folder of the agent
  public static Path workFolder(Path output) {
    Path absolute = output.toAbsolutePath().normalize();
    return absolute.resolveSibling(absolute.getFileName() + ".work");
  }

  /// Makes an agent, with the work folder beside the output.
  ///
  /// @param request what to make
  /// @param listener told about progress
  /// @return the agent, or what was reached instead
  /// @throws IOException as the other method says
  /// @throws InterruptedException if the thread was interrupted; the work folder stays
  public Outcome distill(DistillRequest request, ProgressListener listener)
      throws IOException, InterruptedException {
    return distill(request, workFolder(request.output()), listener);
  }

  /// Makes an agent. For the same request, recipe and kind and number of kernel threads, the files
  /// are the same, byte by byte, however often the distillation was broken off and asked for again.
  ///
  /// @param request what to make; of its stamp, the time counts only where no work was left
  /// @param work where to keep what is finished, on the file system of the output; removed when
  ///   there is an outcome
  /// @param listener told about progress
  /// @return the agent, or what was reached instead; in that case nothing was written
  /// @throws InvalidRequestException if the request does not fit the source or the disk; no work is
  ///   left
  /// @throws ai.hartonomous.distill.work.WorkFolderException if `work` belongs to another request
  ///   or another running distillation, or is something else; it stays as it is
  /// @throws IOException if a file cannot be read or written; no agent is left, but the work folder
  /// @throws InterruptedException if the thread was interrupted; no agent is left, but the work
  ///   folder
  public Outcome distill(DistillRequest request, Path work, ProgressListener listener)
      throws IOException, InterruptedException {
    try {
      return run(request, work, listener);
    } catch (ClosedByInterruptException e) {
      Thread.interrupted(); // reported by the exception from here on
      var interrupted = new InterruptedException("reading or writing files");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private Outcome run(DistillRequest request, Path folder, ProgressListener listener)
      throws IOException, InterruptedException {
    var progress = new Steps(listener);
    progress.tell(Stage.READ, "reading source and suites");
    WorkFolder.clearRemains(folder);
    if (!Files.exists(folder)) {
      Publishing.refuseExisting(request.output());
    }
    SourceModel source = SourceModel.read(request.source());
    Teacher teacher = Teacher.read(teaching, source, recipe);
    refuseLicences(source, teacher);
    Questions questions = Questions.read(request.suites(), request.threshold(), source);
    SuiteExamples examples =
        SuiteExamples.of(questions.target(), source.tokenizer(), source.context(), request.seed());
    var asked = new Asked(source, teacher, questions);
    asked.cut(request); // refuses now what could only be refused at the end otherwise
    var subject = new WorkFolder.Request(subject(request, asked), request.stamp().created());
    try (WorkFolder work =
        WorkFolder.open(folder, subject, notice -> progress.tell(Stage.READ, notice))) {
      Publishing.requireFree(request.output(), work);
      return outcome(request, asked, examples, work, progress);
    }
  }

  private Outcome outcome(
      DistillRequest request, Asked asked, SuiteExamples examples, WorkFolder work, Steps progress)
      throws IOException, InterruptedException {
    try {
      Found found = search(request, asked, examples, work, progress);
      var finishing = new Finishing(kernels, recipe, request, asked, work, progress);
      Outcome outcome = finishing.finish(found);
      work.remove();
      return outcome;
    } catch (InvalidRequestException e) {
      work.remove(); // another try would end here, too
      throw e;
    }
  }

  /// {@return everything that decides the bytes of the agent, apart from the time}
  private Map<String, String> subject(DistillRequest request, Asked asked) {
    SourceModel source = asked.source();
    Map<String, String> fields = new TreeMap<>();
    fields.put("source", source.name() + " " + source.contentHash());
    fields.put("teacher", asked.teacher().toString());
    fields.put("tokenizer", source.tokenizer().contentHash());
    fields.put("licence", source.licence() + " of " + source.owner());
    fields.put(
        "suites",
        asked.questions().used().stream()
            .map(used -> used.kind() + " " + used.suite().contentHash())
            .toList()
            .toString());
    fields.put("packing", request.packing().toString());
    fields.put("max_components", Integer.toString(request.maxComponents()));
    fields.put("targets", request.targets().toString());
    fields.put("threshold", Double.toString(request.threshold()));
    fields.put("floors", asked.questions().floors().toString());
    fields.put("seed", Long.toString(request.seed()));
    fields.put("created_by", request.stamp().createdBy());
    fields.put("recipe", recipe.toString());
    fields.put("kernels", kernels.getClass().getSimpleName());
    fields.put("threads", Integer.toString(kernels.threads()));
    return fields;
  }

  private Found search(
      DistillRequest request, Asked asked, SuiteExamples examples, WorkFolder work, Steps progress)
      throws IOException, InterruptedException {
    var teacher = new Transformer(asked.teacher().model().model(), kernels);
    progress.tell(Stage.READ, "asking the source");
    List<Example> lessons =
        work.stage("lessons", "", Formats.EXAMPLES, () -> lessons(request, examples, teacher));
    TeacherLogits logits = TeacherLogits.kept(teacher, lessons, recipe.tokens(), work, "");
    var healer = new Healer(teacher, asked.teacher().coders(), logits, examples.validation());
    List<Example> calibration = new ArrayList<>(examples.training());
    calibration.addAll(examples.validation());
    int items = Math.min(recipe.importanceItems(), calibration.size());
    var gauge =
        new Validation(
            (model, asks) ->
                new Scorer(new Transformer(model, kernels), asked.source().tokenizer()).score(asks),
            examples.validationItems(),
            asked.questions().floors());
    var data = new Data(calibration.subList(0, items), examples.validation(), gauge);
    int[] prompt = SuiteExamples.opening(asked.questions().target(), asked.source());
    var limits = new Limits(request.maxComponents(), request.seed(), request.targets(), prompt);
    var tools = new Tools(kernels, healer, work, progress);
    return new SizeSearch(tools, recipe, data, limits).search(asked.source().model());
  }

  /// What an agent learned from another teacher is derived from that model, too.
  private static void refuseLicences(SourceModel source, Teacher teacher)
      throws InvalidRequestException {
    Map<String, Optional<String>> licences = new LinkedHashMap<>();
    licences.put(source.name(), Optional.ofNullable(source.licence()));
    if (!teacher.isSource()) {
      String name = "teacher " + teacher.model().name();
      licences.put(name, Optional.ofNullable(teacher.model().licence()));
    }
    Licences.Verdict verdict = Licences.combine(licences);
    if (verdict.refusal().isPresent()) {
      throw new InvalidRequestException("no agent can be made: " + verdict.refusal().get());
    }
  }

  /// {@return the items to learn from: those of the suite, and invented ones}
  private List<Example> lessons(DistillRequest request, SuiteExamples examples, Transformer teacher)
      throws InterruptedException {
    List<Example> lessons = new ArrayList<>(examples.training());
    if (!examples.generated().isEmpty()) {
      var inventor = new InventedItems(teacher, examples.generated(), examples.prompts());
      lessons.addAll(inventor.draw(recipe.prompts(), request.seed()));
    }
    return lessons;
  }
}
