package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.interpret.probe.Component.Kind;
import ai.hartonomous.interpret.probe.Probe;
import ai.hartonomous.interpret.probe.ProbeStore;
import ai.hartonomous.interpret.probe.ProbeTexts;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous probe check`: whether searching in the probe space finds what it should.
@Command(
    name = "check",
    description = "Measures whether searches in the probe space find the components that matter.",
    mixinStandardHelpOptions = true)
final class ProbeCheckCommand implements Callable<Integer> {

  private static final List<String> METHODS =
      List.of("probe", "contrast", "response", "weights", "random");

  @Mixin private ModelSource source;
  @Mixin private ReportOption report;

  @Option(
      names = "--suite",
      paramLabel = "FILE",
      description = "A capability suite; may be repeated. At least two.")
  private List<Path> suites = List.of();

  @Option(
      names = "--induction",
      description = "Looks for induction heads instead, with repeated random tokens.")
  private boolean induction;

  @Option(names = "--seed", paramLabel = "S", description = "Source of every choice (default 1).")
  private long seed = 1;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (induction != suites.isEmpty() || suites.size() == 1) {
      throw source.wrongUse("either --induction, or --suite at least twice");
    }
    Model model = source.load();
    ObjectNode figures = ModelSource.mapper().createObjectNode();
    try (Kernels kernels = ModelSource.kernels()) {
      var transformer = new Transformer(model, kernels);
      if (induction) {
        putInduction(new InductionCheck(transformer, seed).run(probes()), figures);
      } else {
        List<CapabilitySuite> capabilities = new ArrayList<>();
        for (Path suite : suites) {
          capabilities.add(CapabilitySuite.read(suite));
        }
        put(new SkillCheck(transformer, source.tokenizer(), capabilities, seed).run(), figures);
      }
    }
    List<Path> read = new ArrayList<>(suites);
    read.add(source.path());
    report.write(read, figures);
    if (source.asJson()) {
      source.print(figures);
    }
    return 0;
  }

  /// {@return ids of the standard texts; none where the model has no tokenizer, or one that cannot
  /// express them}
  private List<int[]> probes() throws IOException {
    List<String> texts = ProbeTexts.standard().stream().map(Probe::text).toList();
    try (Checkpoint checkpoint = source.open()) {
      return ProbeEmbedCommand.encoded(texts, checkpoint.tokenizer());
    } catch (NoSuchFileException | IllegalArgumentException _) {
      return List.of();
    }
  }

  private void putInduction(List<InductionCheck.Head> heads, ObjectNode json) {
    boolean[] right = new boolean[heads.size()];
    double[] cosines = new double[heads.size()];
    double[] contrasts = new double[heads.size()];
    ArrayNode list = json.putArray("heads");
    for (int h = 0; h < right.length; h++) {
      InductionCheck.Head head = heads.get(h);
      right[h] = head.attention() >= InductionCheck.BAR;
      cosines[h] = head.cosine();
      contrasts[h] = head.contrast();
      ObjectNode entry = list.addObject();
      entry.put("head", head.path());
      entry.put("induction_attention", head.attention());
      entry.put("cosine", head.cosine());
      entry.put("contrast", head.contrast());
      if (!source.asJson()) {
        source.print(
            "%-20s attention %.3f  cosine %7.4f  contrast %7.4f"
                .formatted(head.path(), head.attention(), head.cosine(), head.contrast()));
      }
    }
    put(RankScore.of(cosines, right), "search", json);
    put(RankScore.of(contrasts, right), "contrast", json);
  }

  private void put(RankScore score, String name, ObjectNode json) {
    ObjectNode entry = json.putObject(name);
    entry.put("area", score.area());
    entry.put("standard_error", score.standardError());
    if (!source.asJson()) {
      source.print("%s: area %.3f ± %.3f".formatted(name, score.area(), score.standardError()));
    }
  }

  private void put(List<SkillCheck.Entry> entries, ObjectNode json) {
    ArrayNode list = json.putArray("suites");
    ArrayNode means = json.putArray("means");
    for (SkillCheck.Entry entry : entries) {
      add(entry.suite(), entry, entry.score(), list);
    }
    for (Kind kind : List.of(Kind.HEAD, Kind.NEURON)) {
      for (String truth : List.of("important", "specific")) {
        for (String method : METHODS) {
          List<SkillCheck.Entry> of =
              entries.stream()
                  .filter(e -> e.kind() == kind && e.truth().equals(truth))
                  .filter(e -> e.method().equals(method))
                  .toList();
          RankScore mean = RankScore.mean(of.stream().map(SkillCheck.Entry::score).toList());
          add("mean", of.getFirst(), mean, means);
        }
      }
    }
  }

  private void add(String name, SkillCheck.Entry entry, RankScore score, ArrayNode to) {
    String kind = ProbeStore.label(entry.kind());
    ObjectNode json = to.addObject();
    json.put("suite", name);
    json.put("kind", kind);
    json.put("truth", entry.truth());
    json.put("method", entry.method());
    json.put("area", score.area());
    json.put("standard_error", score.standardError());
    if (!source.asJson()) {
      source.print(
          "%-12s %-7s %-10s %-9s area %.3f ± %.3f"
              .formatted(
                  name, kind, entry.truth(), entry.method(), score.area(), score.standardError()));
    }
  }
}
