package ai.hartonomous.distill.importance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Models whose circuit is known exactly.
@Tag("weights")
class KnownCircuitTest {
  private final Kernels kernels = Kernels.of(1);

  @AfterEach
  void closeKernels() {
    kernels.close();
  }

  /// Seven different letters, then one of them again: the answer is the letter behind its first
  /// place. The head that looks one token back works on the prompt only, so its effect is found
  /// only if all positions count.
  @Test
  void bothHeadsOfTheInductionCircuitMatter() throws IOException, InterruptedException {
    Model model = load("toy-induction-gbmi");
    var random = new SplittableRandom(1);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 512; i++) {
      int[] letters = IntStream.generate(() -> random.nextInt(26)).distinct().limit(7).toArray();
      int again = random.nextInt(6);
      int[] ids = Arrays.copyOf(letters, 8);
      ids[7] = letters[again];
      int[] targets = {-1, -1, -1, -1, -1, -1, -1, letters[again + 1]};
      examples.add(new Example(ids, targets));
    }

    ComponentScores scores = scores(model, examples);

    // Removing either costs over 2 nats by ground_truth.json. To first order the head that looks
    // back does little: what reads it is saturated attention, which a small change hardly moves.
    ComponentScores.Layer back = scores.layers().get(0);
    ComponentScores.Layer induction = scores.layers().get(1);
    assertThat(back.heads()[0]).isGreaterThan(0.03).isGreaterThan(3 * back.headErrors()[0]);
    assertThat(induction.heads()[0]).isGreaterThan(0.3);
  }

  @Test
  void onlyPartsOfTheCompiledProgramScore() throws IOException, InterruptedException {
    Model model = load("tracr-reverse");
    JsonNode truth =
        new JsonMapper().readTree(folder("tracr-reverse").resolve("ground_truth.json").toFile());
    Set<String> active = new HashSet<>();
    String writer = "";
    for (JsonNode part : truth.get("components")) {
      String name = part.get("component").stringValue() + part.get("layer").intValue();
      active.add(name);
      writer = part.get("writes").toString().contains("reverse_4:a") ? name : writer;
    }
    List<Example> examples = reversals();

    ComponentScores scores = scores(model, examples);

    assertThat(
            new AnswerMeter(new Transformer(model, kernels))
                .measure(examples, Hooks.NONE)
                .exactMatch())
        .isEqualTo(1);
    for (int l = 0; l < scores.layers().size(); l++) {
      double head = scores.layers().get(l).heads()[0];
      double neurons = Arrays.stream(scores.layers().get(l).neurons()).sum();
      assertThat(head).as("head of layer " + l).isGreaterThanOrEqualTo(0);
      if (!active.contains("head" + l)) {
        assertThat(head).as("head of layer " + l).isZero();
      }
      if (!active.contains("mlp" + l)) {
        assertThat(neurons).as("neurons of layer " + l).isZero();
      }
      if (writer.equals("head" + l)) {
        assertThat(head).as("head that writes the output").isGreaterThan(0.1);
      }
    }
    assertThat(writer).startsWith("head");
  }

  /// Begin mark, four values, and the values backwards as targets.
  private static List<Example> reversals() {
    int[] tokens = {0, 1, 2, 5};
    var random = new SplittableRandom(2);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      int[] values = random.ints(4, 0, 4).toArray();
      int[] ids = new int[5];
      int[] targets = new int[5];
      ids[0] = 3;
      targets[0] = -1;
      for (int t = 0; t < 4; t++) {
        ids[t + 1] = tokens[values[t]];
        targets[t + 1] = values[3 - t];
      }
      examples.add(new Example(ids, targets));
    }
    return examples;
  }

  private ComponentScores scores(Model model, List<Example> examples) throws InterruptedException {
    var transformer = new Transformer(model, kernels);
    ComponentMeans means = ComponentMeans.measure(transformer, examples);
    return new GradientImportance(transformer).measure(examples, means);
  }

  private static Model load(String name) throws IOException {
    try (Checkpoint checkpoint = Checkpoints.open(folder(name))) {
      return checkpoint.load();
    }
  }

  private static Path folder(String name) {
    Path root = Path.of(System.getProperty("repository.root", "..")).toAbsolutePath();
    Path folder = root.resolve("../shared/data").resolve(name).normalize();
    assumeTrue(Files.isDirectory(folder), "no test data " + name);
    return folder;
  }
}
