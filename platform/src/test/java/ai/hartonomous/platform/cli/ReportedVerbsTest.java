package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.checkpoint.ContentHash;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Verbs of `transcoder` and `probe` on a sample model: what they report is computed again, and
/// what does not hold is found.
class ReportedVerbsTest extends CommandFixture {
  private static final Path SAMPLES =
      Path.of(System.getProperty("repository.root"), "samples/models");
  private static final String TRAIN =
      "transcoder train MODEL --corpus TEXT --out coders --layers 0 --latents 16 --k 2 --steps 4"
          + " --batch 32 --length 64 --threads 1";

  @TempDir private Path temporary;
  private Path text = Path.of("");
  private Path report = Path.of("");

  @BeforeEach
  void writeText() throws IOException {
    text = temporary.resolve("text.txt");
    report = temporary.resolve("report.json");
    Files.writeString(text, "SQL: number of cars in Warsaw =>\n<|endoftext|>".repeat(40));
  }

  /// Runs a command line in which capital words stand for files, `@NAME` for a path below the
  /// folder of this test, and `--out` for one too.
  private int runLine(String line) {
    List<String> words = new ArrayList<>();
    for (String word : line.split(" ")) {
      boolean below = word.startsWith("@") || (!words.isEmpty() && words.getLast().equals("--out"));
      words.add(
          switch (word) {
            case "MODEL" -> SAMPLES.resolve("clerk").toString();
            case "TEXT" -> text.toString();
            case "REPORT" -> report.toString();
            default -> below ? temporary.resolve(word.replace("@", "")).toString() : word;
          });
    }
    return run(words);
  }

  private void runWell(String line) {
    assertThat(runLine(line)).as(() -> out + err).isZero();
  }

  /// The report holds; one digit of a figure changed is found; so is an input that changed.
  private void holdsAndOnlyThen(String figure, Path input) throws IOException {
    runWell("verify REPORT");
    assertThat(out).contains("all equal exactly");

    String stored = Files.readString(report);
    String changed = stored.replaceFirst("(\"" + figure + "\" : )-?[0-9.E-]+", "$199.5");
    assertThat(changed).isNotEqualTo(stored);
    Files.writeString(report, changed);
    assertThat(runLine("verify REPORT")).isEqualTo(1);
    assertThat(out).contains(figure + ": stored 99.5").contains("1 differences");

    Files.writeString(report, stored);
    byte[] bytes = Files.readAllBytes(input);
    bytes[bytes.length / 2] ^= 1;
    Files.write(input, bytes);
    assertThat(runLine("verify REPORT")).isEqualTo(1);
    assertThat(out).contains("inputs " + input).contains("1 differences");
    bytes[bytes.length / 2] ^= 1;
    Files.write(input, bytes);
  }

  @Test
  void trainingTuningAndFeatures() throws IOException {
    runWell(TRAIN + " --report REPORT");
    Path weights = temporary.resolve("coders/layers.0.mlp/sae.safetensors");
    byte[] trained = Files.readAllBytes(weights);
    holdsAndOnlyThen("training_fvu", text);
    assertThat(weights).hasBinaryContent(trained);

    runWell(
        "transcoder tune MODEL --corpus TEXT --coders @coders --out tuned --steps 2 --tokens 64"
            + " --length 64 --threads 1 --report REPORT");
    holdsAndOnlyThen("last_divergence", weights);

    runWell(
        "transcoder features MODEL --corpus TEXT --coders @coders --out features --length 64"
            + " --report REPORT");
    holdsAndOnlyThen("tokens", weights);
    assertThat(
            runLine(
                "transcoder features MODEL --corpus TEXT --coders @coders --out features"
                    + " --report REPORT"))
        .isEqualTo(1);
    assertThat(err).contains("--report needs a folder that is new or empty");
  }

  @Test
  void changedBytesOfWhatWasWrittenAreFound() throws IOException {
    runWell(TRAIN + " --report REPORT");
    String stored = Files.readString(report);
    int written = stored.indexOf("\"written\"");
    int hash = stored.indexOf("\"sha256\" : \"", written) + 12;
    char other = stored.charAt(hash) == 'a' ? 'b' : 'a';

    Files.writeString(report, stored.substring(0, hash) + other + stored.substring(hash + 1));

    assertThat(runLine("verify REPORT")).isEqualTo(1);
    assertThat(out).contains("written layers.0.mlp/");
  }

  @Test
  void responsesAndSearches() throws IOException {
    Path lines = temporary.resolve("lines.txt");
    Files.writeString(lines, "SQL: a =>\nVERB: the dog\nJSON: cars\n1 2 3\n");

    runWell("probe embed MODEL --texts @lines.txt --out store --report REPORT");
    holdsAndOnlyThen("head", lines);

    runWell("probe search @store --component layers.1.heads.1 --count 3 --report REPORT");
    holdsAndOnlyThen("cosine", temporary.resolve("store/probe.json"));
  }

  @Test
  void checkOfTheProbeSpace() throws IOException {
    HuggingFaceWriter.write(Tiny.llama(1), temporary.resolve("tiny"), Dtype.F32, null);

    runWell("probe check @tiny --induction --report REPORT");

    holdsAndOnlyThen("cosine", temporary.resolve("tiny/model.safetensors"));
  }

  /// A stranger's report cannot make `verify` write: not where it names, not beside it.
  @Test
  void reportsOfStrangersLeaveNothing() throws IOException {
    runWell(TRAIN + " --report REPORT");
    String stored = Files.readString(report);
    Path target = temporary.resolve("coders");
    List<String> before = everything();

    for (String words :
        List.of(
            "\"--out\", \"" + target + "\"",
            "\"--out=" + target + "\"",
            "\"--report=" + text + "\"",
            "\"--resume\", \"--out\", \"" + target + "2\"",
            "\"--corpus\"",
            "\"--\"")) {
      Files.writeString(report, stored.replace("\"--threads\", \"1\"", words));
      assertThat(runLine("verify REPORT")).as(words).isEqualTo(1);
      assertThat(err).as(words).contains("at arguments");
    }
    Files.writeString(report, stored.replace("\"--threads\"", "\"--resume\", \"--threads\""));
    runWell("verify REPORT");

    Files.writeString(report, stored);
    assertThat(everything()).isEqualTo(before);
  }

  private List<String> everything() throws IOException {
    try (Stream<Path> walk = Files.walk(temporary)) {
      List<String> all = new ArrayList<>();
      for (Path path : walk.sorted().toList()) {
        all.add(path + (Files.isRegularFile(path) ? ContentHash.of(path) : ""));
      }
      return all;
    }
  }
}
