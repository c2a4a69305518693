package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.capture.Capture;
import ai.hartonomous.interpret.capture.Capture.Plan;
import ai.hartonomous.interpret.capture.Capture.Progress;
import ai.hartonomous.interpret.capture.Capture.Size;
import ai.hartonomous.interpret.capture.CaptureManifest;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous capture`: stores what a model computes while it reads a text.
@Command(
    name = "capture",
    description =
        "Stores what a model computes while it reads a text. Run again after an interruption, it"
            + " goes on where it stopped.",
    mixinStandardHelpOptions = true)
final class CaptureCommand implements Callable<Integer> {
  private static final Pattern BYTES = Pattern.compile("(\\d{1,15})([KMGT]?)");

  @Spec private CommandSpec spec;
  @Mixin private ModelSource source;
  @Mixin private CorpusOptions corpus;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder of the values.")
  private Path out = Path.of("");

  @Option(
      names = "--points",
      split = ",",
      paramLabel = "P",
      description =
          "Hook points between commas, such as layers.0.residual_after (default: input and output of"
              + " every MLP).")
  private List<String> points = List.of();

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      defaultValue = "F32",
      description = "F32, F16 or BF16 (default: ${DEFAULT-VALUE}).")
  private Dtype dtype = Dtype.F32;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "Most tokens to store (default: all that count).")
  private long rows = Long.MAX_VALUE;

  @Option(
      names = "--rows-per-shard",
      paramLabel = "N",
      defaultValue = "16384",
      description = "Tokens in one file (default: ${DEFAULT-VALUE}).")
  private int rowsPerShard;

  @Option(
      names = "--budget",
      required = true,
      paramLabel = "BYTES",
      description =
          "Most bytes that the folder may take, such as 500M or 20G (powers of 1,024); a larger"
              + " capture is refused before it begins.")
  private String budget = "";

  @Option(names = "--dry-run", description = "Only says how large the capture would be.")
  private boolean dryRun;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads; part of what decides the bytes (default: all processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Override
  public Integer call() throws IOException {
    if (threads < 1) {
      throw source.wrongUse("--threads must be at least 1.");
    }
    long bytes = bytes();
    try (Checkpoint checkpoint = source.open();
        Kernels kernels = Kernels.of(threads)) {
      var transformer = new Transformer(checkpoint.load(), kernels);
      int tokens = 2048;
      var plan =
          new Plan(
              corpus.text(source.tokenizer()),
              chosen(transformer.config().layers().size()),
              dtype,
              rowsPerShard,
              rows,
              tokens);
      Capture capture = new Capture(transformer, checkpoint.contentHash(), plan);
      if (dryRun) {
        print(capture.size());
      } else {
        run(capture, bytes);
      }
    } catch (IllegalArgumentException e) {
      throw source.wrongUse("" + e.getMessage());
    }
    return 0;
  }

  private List<HookPoint> chosen(int layers) {
    List<HookPoint> chosen = new ArrayList<>();
    for (String path : points) {
      chosen.add(
          HookPoint.parse(path)
              .orElseThrow(() -> source.wrongUse("'%s' is no hook point".formatted(path))));
    }
    for (int layer = 0; layer < layers && points.isEmpty(); layer++) {
      chosen.add(HookPair.mlp(layer).reads());
      chosen.add(HookPair.mlp(layer).writes());
    }
    return chosen;
  }

  private long bytes() {
    Matcher matcher = BYTES.matcher(budget.toUpperCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw source.wrongUse("'%s' is no number of bytes such as 20G".formatted(budget));
    }
    int power = " KMGT".indexOf(matcher.group(2).isEmpty() ? " " : matcher.group(2));
    return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << (10 * power));
  }

  private void run(Capture capture, long bytes) throws IOException {
    try (var line = new ProgressLine<>(spec.commandLine().getErr(), CaptureCommand::line)) {
      print(capture.run(out, bytes, line::show));
    }
  }

  private void print(Size size) {
    if (!source.asJson()) {
      source.print(
          "%,d rows in %,d shards, at most %,d bytes"
              .formatted(size.rows(), size.shards(), size.bytes()));
      return;
    }
    ObjectNode json = ModelSource.mapper().createObjectNode();
    json.put("rows", size.rows());
    json.put("shards", size.shards());
    json.put("bytes_at_most", size.bytes());
    source.print(json);
  }

  private void print(CaptureManifest manifest) {
    if (!source.asJson()) {
      source.print(
          "%,d rows of %d hook points in %,d shards"
              .formatted(manifest.rows(), manifest.points().size(), manifest.shards().size()));
      for (CaptureManifest.Point point : manifest.points()) {
        source.print(
            "  %-26s %6d wide, mean norm %.4f"
                .formatted(point.point().path(), point.width(), point.meanNorm()));
      }
      return;
    }
    ObjectNode json = ModelSource.mapper().createObjectNode();
    json.put("folder", out.toString());
    json.put("rows", manifest.rows());
    json.put("shards", manifest.shards().size());
    json.put("model", manifest.source().model());
    json.put("corpus", manifest.source().corpus());
    var list = json.putArray("points");
    for (CaptureManifest.Point point : manifest.points()) {
      list.addObject()
          .put("point", point.point().path())
          .put("width", point.width())
          .put("mean_norm", point.meanNorm())
          .put("rms_norm", point.rootMeanSquareNorm());
    }
    source.print(json);
  }

  private static String line(Progress progress) {
    return "%3d %%  %,d of %,d rows"
        .formatted(100 * progress.rows() / progress.all(), progress.rows(), progress.all());
  }
}
