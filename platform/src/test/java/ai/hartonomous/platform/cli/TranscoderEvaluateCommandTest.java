package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `transcoder evaluate` on coders that lie beside the repository.
@Tag("weights")
class TranscoderEvaluateCommandTest extends CommandFixture {
  @TempDir private Path temporary;

  @Test
  void printsFiguresOfEveryCoderAndOfAllTogether() {
    int exitCode = evaluate("--documents", "0-2", "--layers", "0,4", "--json");

    assertThat(exitCode).as(err).isZero();
    JsonNode json = new JsonMapper().readTree(out);
    assertThat(json.path("sequences").asInt()).isEqualTo(2);
    assertThat(json.path("tokens").asInt()).isEqualTo(373 + 329);
    assertThat(json.path("coders").size()).isEqualTo(2);
    JsonNode coder = json.path("coders").path(1);
    assertThat(coder.path("writes").asString()).isEqualTo("layers.4.mlp_output");
    double clean = number(json.path("clean").path("cross_entropy"));
    double alone = number(coder.path("effect").path("cross_entropy"));
    double together = number(json.path("together").path("cross_entropy"));
    assertThat(clean).isLessThan(alone);
    assertThat(alone).isLessThan(together);
    assertThat(number(coder.path("effect").path("cross_entropy_increase")))
        .isCloseTo(alone - clean, within(1e-9));
    assertThat(number(coder.path("effect").path("zero_ablation").path("cross_entropy_recovered")))
        .isBetween(0.5, 1.0);
    assertThat(number(coder.path("reconstruction").path("explained_variance")))
        .isBetween(0.8, 0.95);
    assertThat(coder.path("sparsity").path("latents").asInt()).isEqualTo(512);
    assertThat(coder.path("sparsity").path("tokens").asInt()).isEqualTo(373 + 329);
  }

  @Test
  void printsATableWithTheBestLinearMapsBeside() {
    int exitCode = evaluate("--documents", "0-2", "--linear-documents", "5-13", "--no-ablation");

    assertThat(exitCode).as(err).isZero();
    assertThat(out)
        .startsWith("702 tokens of 2 sequences")
        .contains("expl.var")
        .contains("layers.2.residual_after")
        .contains("best linear maps");
    assertThat(out.lines().filter(line -> line.startsWith("all MLPs")).count()).isEqualTo(2);
  }

  @Test
  void comparesLatentsWithThoseOfAnotherSeed() {
    String same = folder("sae-stories260k").toString();
    String[] what = {"--documents", "0-1", "--layers", "1", "--no-ablation"};

    assertThat(evaluate(with(what, "--other-seed", same, "--json"))).as(err).isZero();

    JsonNode side = new JsonMapper().readTree(out).at("/stability/layers.1.mlp_output/decoder");
    assertThat(side.path("latents").asInt()).isEqualTo(512);
    assertThat(side.path("mean_best_cosine").asDouble()).isCloseTo(1, within(1e-5));
    assertThat(side.path("share_found").asDouble()).isEqualTo(1);
  }

  @Test
  void reportsCanBeComputedAgain() {
    String report = temporary.resolve("report.json").toString();
    String[] what = {"--documents", "0-1", "--layers", "1", "--no-ablation", "--threads", "1"};

    assertThat(evaluate(with(what, "--report", report))).as(err).isZero();

    assertThat(run("verify", report)).as(out + err).isZero();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "--documents,1-0,no documents",
    "--documents,all,is no span of documents",
    "--layers,7,has no coder of layers",
    "--length,1,sequences of 1",
    "--length,600,the model has 512 positions",
    "--threads,0,--threads must be at least 1"
  })
  void saysWhatIsWrongUse(String option, String value, String complaint) {
    assertThat(evaluate(option, value)).isEqualTo(2);

    assertThat(err).contains(complaint);
  }

  @Test
  void failsWhereNothingIsThere() throws IOException {
    Path empty = Files.createDirectory(temporary.resolve("empty"));

    int exitCode =
        run(
            "transcoder",
            "evaluate",
            folder("model-stories260k").toString(),
            "--coders",
            empty.toString(),
            "--corpus",
            empty.resolve("none.txt").toString());

    assertThat(exitCode).isEqualTo(1);
    assertThat(err).contains(empty.toString());
  }

  private static double number(JsonNode estimate) {
    return estimate.path("value").asDouble(Double.NaN);
  }

  private static String[] with(String[] words, String... more) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private int evaluate(String... options) {
    Path texts = folder("corpus-stories260k-samples");
    String[] start = {
      "transcoder",
      "evaluate",
      folder("model-stories260k").toString(),
      "--coders",
      folder("sae-stories260k").toString(),
      "--corpus",
      texts.resolve("tinystories_sample.txt").toString(),
      "--corpus",
      texts.resolve("stories.txt").toString(),
      "--length",
      "512"
    };
    boolean length = List.of(options).contains("--length");
    return run(with(length ? Arrays.copyOf(start, 9) : start, options));
  }

  private static Path folder(String name) {
    Path folder =
        Path.of(System.getProperty("repository.root"), "../shared/data", name).normalize();
    assumeTrue(Files.isDirectory(folder), "absent: " + folder);
    return folder;
  }
}
