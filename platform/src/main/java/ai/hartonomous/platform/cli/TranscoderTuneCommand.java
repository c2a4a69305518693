package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.capture.CorpusText;
import ai.hartonomous.interpret.capture.Group;
import ai.hartonomous.interpret.capture.Groups;
import ai.hartonomous.interpret.interchange.CoderNotes;
import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.interchange.StoredCoder;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.interpret.transcoder.train.ModelTuning;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.CoderKernels;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous transcoder tune`: moves trained coders so that the model with all of them in place
/// predicts as the model alone does.
@Command(
    name = "tune",
    description = "Tunes trained transcoders together, for what the model predicts with them.",
    mixinStandardHelpOptions = true)
final class TranscoderTuneCommand implements Callable<Integer> {
  private static final int WARM_UP = 10;

  @Spec private CommandSpec spec;
  @Mixin private ModelSource source;
  @Mixin private CorpusOptions corpus;
  @Mixin private ReportOption report;

  @Option(
      names = "--coders",
      required = true,
      paramLabel = "DIR",
      description = "Folder of the coders, one for each MLP to replace.")
  private Path folder = Path.of("");

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder to write the tuned coders to.")
  private Path out = Path.of("");

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "200",
      description = "Steps (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--rate",
      paramLabel = "R",
      defaultValue = "0.001",
      description = "Largest learning rate of Adam, which falls to 0 (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--fidelity",
      paramLabel = "X",
      defaultValue = "1",
      description =
          "Weight of the variance that each coder leaves unexplained, beside the divergence"
              + " (default: ${DEFAULT-VALUE}).")
  private double fidelity;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      defaultValue = "2048",
      description = "Tokens in a step (default: ${DEFAULT-VALUE}).")
  private int tokens;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "2",
      description = "Threads (default: ${DEFAULT-VALUE}).")
  private int threads;

  private double first;
  private double last;
  private double unexplained;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (steps < 1 || tokens < 1 || threads < 1 || !(rate > 0) || !(fidelity >= 0)) {
      throw source.wrongUse(
          "--steps, --tokens and --threads must be at least 1, --rate above 0,"
              + " --fidelity at least 0.");
    }
    if (Files.exists(out)) {
      throw new IOException(out + " exists");
    }
    List<StoredCoder> stored = Coders.readStored(folder);
    try (Checkpoint checkpoint = source.open();
        Kernels kernels = Kernels.of(threads);
        CoderKernels coderKernels = CoderKernels.of(threads)) {
      var transformer = new Transformer(checkpoint.load(), kernels);
      ModelTuning tuning = prepare(transformer, stored, coderKernels);
      tune(tuning, text(), transformer);
      List<SparseCoder> tuned = tuning.coders();
      for (int i = 0; i < tuned.size(); i++) {
        CoderNotes notes = stored.get(i).notes();
        Coders.write(
            out,
            new StoredCoder(
                tuned.get(i),
                new CoderNotes(
                    notes.seed(),
                    notes.tokens(),
                    checkpoint.contentHash(),
                    Map.of("tuning_divergence", last, "tuning_fvu", unexplained),
                    notes.sourceConfig())));
      }
    }
    ObjectNode figures = ModelSource.mapper().createObjectNode().put("steps", steps);
    figures.put("first_divergence", first).put("last_divergence", last);
    figures.put("last_fvu", unexplained);
    List<Path> read = new ArrayList<>(List.of(source.path(), folder));
    read.addAll(corpus.files());
    report.write(read, figures, out);
    print(figures, stored.size());
    return 0;
  }

  private CorpusText text() throws IOException {
    try {
      return corpus.text(source.tokenizer());
    } catch (IllegalArgumentException e) {
      throw source.wrongUse("" + e.getMessage());
    }
  }

  private ModelTuning prepare(
      Transformer transformer, List<StoredCoder> stored, CoderKernels coderKernels) {
    List<SparseCoder> coders = stored.stream().map(StoredCoder::coder).toList();
    try {
      return new ModelTuning(transformer, coders, fidelity, coderKernels);
    } catch (IllegalArgumentException e) {
      throw source.wrongUse("--coders: " + e.getMessage());
    }
  }

  /// Reads the corpus from its beginning again whenever it ends.
  private void tune(ModelTuning tuning, CorpusText text, Transformer transformer)
      throws IOException, InterruptedException {
    try (var line = new ProgressLine<>(spec.commandLine().getErr(), this::state)) {
      int step = 0;
      while (step < steps) {
        int before = step;
        try (var groups = new Groups(text.corpus(), text.packing(), transformer.config(), tokens)) {
          Optional<Group> group = groups.next();
          while (group.isPresent() && step < steps) {
            if (Thread.interrupted()) {
              throw new InterruptedException("tuning");
            }
            last = step(tuning, group.get(), step);
            if (!Double.isFinite(last)) {
              throw new IOException("step %d: the divergence is %s".formatted(step, last));
            }
            first = step == 0 ? last : first;
            line.show(++step);
            group = groups.next();
          }
        }
        if (step == before) {
          throw new IOException("the corpus is empty");
        }
      }
    }
  }

  private double step(ModelTuning tuning, Group group, int step) {
    boolean[] counts = new boolean[group.batch().rows()];
    for (int r = 0; r < counts.length; r++) {
      counts[r] = group.targets()[r] >= 0;
    }
    double rise = Math.min(1, (step + 1.0) / WARM_UP);
    ModelTuning.Loss loss =
        tuning.step(group.batch(), counts, rate * rise * (steps - step) / steps);
    unexplained = loss.unexplained();
    return loss.divergence();
  }

  private String state(int step) {
    return String.format(
        Locale.ROOT, "step %d of %d, divergence %.4f (%.4f at first)", step, steps, last, first);
  }

  private void print(ObjectNode figures, int count) {
    if (!source.asJson()) {
      source.print(
          "%d coders, divergence %.4f nats at the first step, %.4f at the last, written to %s"
              .formatted(count, first, last, out));
      return;
    }
    ObjectNode json = ModelSource.mapper().createObjectNode().put("folder", out.toString());
    source.print(json.setAll(figures));
  }
}
