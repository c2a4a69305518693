package ai.hartonomous.distill.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.capability.Metric;
import ai.hartonomous.distill.capability.SuiteException;
import ai.hartonomous.distill.capability.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptFilesTest {

  @TempDir private Path folder;

  private static Path shared(String name) {
    Path path = Path.of(System.getProperty("repository.root"), "../shared/data", name).normalize();
    assumeTrue(Files.exists(path), "absent: " + path);
    return path;
  }

  @Test
  void readsMinimalPairs() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("pairs.jsonl"),
            """
            {"sentence_good":"Ann helps herself.","sentence_bad":"Ann helps himself.","UID":"gender","pairID":"7"}
            """);

    CapabilityItem item = PromptFiles.blimp(file, 10).getFirst();

    assertThat(item.id()).isEqualTo("gender-7");
    assertThat(item.capability()).isEqualTo("gender");
    assertThat(item.task())
        .isEqualTo(
            new Task.Contrast(
                "", List.of("Ann helps herself."), List.of("Ann helps himself."), Metric.PAIR_ACC));
  }

  @Test
  void namesTheFieldThatIsMissing() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("pairs.jsonl"), "\n{\"sentence_good\":\"a\",\"UID\":\"u\"}\n");

    assertThatThrownBy(() -> PromptFiles.blimp(file, 10))
        .isInstanceOf(SuiteException.class)
        .hasMessageContaining("line 2: field \"sentence_bad\": expected a value, found none");
  }

  @Test
  void cutsTextsAtLines() throws IOException {
    String text = "one two\nthree\n\n" + "x".repeat(40) + "\nlast\n";
    Path file = Files.writeString(folder.resolve("text.txt"), text);

    List<CapabilityItem> items = PromptFiles.text(file, "words", 20, 100);

    assertThat(items)
        .extracting(CapabilityItem::answer)
        .containsExactly("one two\nthree\n", "x".repeat(40) + "\n", "last\n");
    assertThat(items.getFirst().task()).isInstanceOf(Task.Text.class);
  }

  @Test
  @Tag("weights")
  void readsAllMinimalPairsOfTheSharedFiles() throws IOException {
    Path all = shared("prompts-blimp");

    List<CapabilityItem> items =
        PromptFiles.blimp(all.resolve("anaphor_gender_agreement.jsonl"), 5000);

    assertThat(items).hasSize(1000);
    var suite = new CapabilitySuite(items);
    // Binomial with deviation 16: five deviations on either side.
    assertThat(suite.items(Split.CALIBRATION)).hasSizeBetween(420, 580);
  }

  @Test
  @Tag("weights")
  void readsThePromptsOfStudies() throws IOException {
    Path tasks = shared("prompts-mi-tasks");

    List<CapabilityItem> agreement =
        PromptFiles.contrasts(tasks.resolve("sva_nounpp_train.json"), "sva", 200);
    List<CapabilityItem> years =
        PromptFiles.contrasts(tasks.resolve("greater_than_eap_ig.csv"), "years", 200);
    List<CapabilityItem> names = PromptFiles.indirectObject(tasks, "names", 200, 3);

    assertThat(agreement.getFirst().task())
        .isEqualTo(
            new Task.Contrast(
                "The teachers near the desk",
                List.of(" are"),
                List.of(" is"),
                Metric.LOGPROB_DIFFERENCE));
    Task.Contrast year = (Task.Contrast) years.getFirst().task();
    assertThat(year.prompt()).endsWith("from the year 1352 to the year 13");
    assertThat(year.right()).hasSize(47).contains("53").doesNotContain("52");
    assertThat(year.wrong()).contains("52").doesNotContain("53");
    assertThat(names).hasSize(200);
    assertThat(names.stream().map(CapabilityItem::task).collect(Collectors.toSet())).hasSize(200);
    assertThat(PromptFiles.indirectObject(tasks, "names", 200, 3)).isEqualTo(names);
    assertThat(PromptFiles.indirectObject(tasks, "names", 200, 4)).isNotEqualTo(names);
  }

  @Test
  @Tag("weights")
  void readsTheGradeSchoolSums() throws IOException {
    Path sums = shared("corpus-gsm8k-train").resolve("train.jsonl");

    List<CapabilityItem> items = new MappedTasks(Mapping.GSM8K).read(List.of(sums), "sums", 500);

    assertThat(items).hasSize(500);
    assertThat(((Task.Generation) items.getFirst().task()).completion().read("#### 72"))
        .isEqualTo(
            ((Task.Generation) items.getFirst().task())
                .completion()
                .read(items.getFirst().answer()));
  }
}
