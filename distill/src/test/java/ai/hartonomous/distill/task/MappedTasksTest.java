package ai.hartonomous.distill.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.capability.Metric;
import ai.hartonomous.distill.capability.SuiteException;
import ai.hartonomous.distill.capability.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MappedTasksTest {
  private static final String ARC =
      """
      {"id":"x","question":"What melts?","choices":{"text":["stone","ice"],"label":["1","2"]},\
      "answerKey":"2"}
      """;

  @TempDir private Path folder;

  private List<CapabilityItem> read(Mapping mapping, String text) throws IOException {
    Path file = Files.writeString(folder.resolve("tasks.jsonl"), text);
    return new MappedTasks(mapping).read(List.of(file), "task", 100);
  }

  @Test
  void readsChoicesWithLabels() throws IOException {
    CapabilityItem item = read(Mapping.ARC, ARC).getFirst();

    assertThat(item.task())
        .isEqualTo(
            new Task.Choice(
                "Question: What melts?\nAnswer:", List.of(" stone", " ice"), 1, Metric.ACC_NORM));
    assertThat(item.id()).isEqualTo("task-00001");
    assertThat(item.capability()).isEqualTo("task");
  }

  @Test
  void readsLettersWithoutLabels() throws IOException {
    var chosen = new Mapping.Chosen("c", List.of(), "", "key", Metric.ACC);
    var mapping = new Mapping(new Template("{q} ->"), chosen, Mapping.Cleaning.NONE, "");

    Task task =
        read(mapping, "{\"q\":\"a\",\"c\":[\"x\",\"y\",\"z\"],\"key\":\"C\"}\n").getFirst().task();

    assertThat(task.prompt()).isEqualTo("a ->");
    assertThat(task.answer()).isEqualTo("z");
  }

  @Test
  void preparesEndingsAsTheTaskDoes() throws IOException {
    String line =
        "{\"activity_label\":\"Baking\",\"ctx_a\":\"She  stirs [substeps].\",\"ctx_b\":\"then SHE\","
            + "\"endings\":[\"waits [title] Done\",\"runs\"],\"label\":\"0\"}\n";

    Task task = read(Mapping.HELLASWAG, line).getFirst().task();

    assertThat(task.prompt()).isEqualTo("Baking: She stirs . Then she");
    assertThat(task.answer()).isEqualTo(" waits. Done");
  }

  @Test
  void readsYesAndNoFromEitherLayout() throws IOException {
    List<CapabilityItem> items =
        read(
            Mapping.BOOLQ,
            """
            {"passage":"Ice is cold.","question":"is ice cold","answer":true}
            {"passage":"Ice is cold.","question":"is ice hot","label":0}
            """);

    assertThat(items).extracting(CapabilityItem::answer).containsExactly(" yes", " no");
    assertThat(items.getFirst().prompt())
        .isEqualTo("Ice is cold.\nQuestion: is ice cold?\nAnswer:");
  }

  @Test
  void readsSumsWithTheirReasoning() throws IOException {
    String line = "{\"question\":\"2 + 2?\",\"answer\":\"It is 4.\\n#### 4\"}\n";

    CapabilityItem item = read(Mapping.GSM8K, line).getFirst();

    assertThat(item.answer()).isEqualTo(" It is 4.\n#### 4");
    assertThat(((Task.Generation) item.task()).completion().read("so 2 + 2 = 4\n#### 4."))
        .contains("4");
  }

  @Test
  void writesWhatASuiteReads() throws IOException {
    var suite = new CapabilitySuite(read(Mapping.ARC, ARC + ARC.replace("\"ice\"", "\"snow\"")));
    Path file = folder.resolve("suite.jsonl");

    suite.write(file);

    assertThat(CapabilitySuite.read(file)).isEqualTo(suite);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      textBlock =
          """
          {"choices":{"text":["a","b"],"label":["A","B"]},"answerKey":"A"} | line 1: field "question": expected a value
          {"question":["q"],"choices":{"text":["a","b"],"label":["A","B"]},"answerKey":"A"} | line 1: field "question": expected a text
          {"question":"q","choices":{"text":["a",2],"label":["A","B"]},"answerKey":"A"} | line 1: field "choices.text": expected strings only
          {"question":"q","choices":{"text":"a","label":["A","B"]},"answerKey":"A"} | line 1: field "choices.text": expected a list of strings
          {"question":"q","choices":{"text":["a","b"],"label":["A","B"]},"answerKey":"F"} | line 1: field "right": expected 0 to 1, found 5
          {"question":"q","choices":{"text":["a","b"],"label":["A","B"]},"answerKey":"none"} | line 1: field "answerKey": expected the number or label of a choice, found "none"
          {"question":"q" | line 1: expected one line of JSON
          """)
  void namesLineAndField(String line, String message) {
    assertThatThrownBy(() -> read(Mapping.ARC, line + "\n"))
        .isInstanceOf(SuiteException.class)
        .hasMessageContaining(message);
  }
}
