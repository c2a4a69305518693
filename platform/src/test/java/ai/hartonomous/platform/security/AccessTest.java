package ai.hartonomous.platform.security;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.security.Access.Rule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccessTest {

  @Test
  void documentationHasTheSameTable() throws Exception {
    Path page = Path.of(System.getProperty("repository.root", ".."), "docs", "security.md");
    List<String> documented =
        Files.readAllLines(page).stream()
            .dropWhile(line -> !line.startsWith("| method | path |"))
            .skip(2)
            .takeWhile(line -> line.startsWith("|"))
            .toList();

    assertThat(documented).containsExactlyElementsOf(Access.RULES.stream().map(this::row).toList());
  }

  private String row(Rule rule) {
    return "| %s | `%s` | %s | %s |"
        .formatted(
            rule.method() == null ? "any" : rule.method().name(),
            rule.pattern(),
            rule.role() == null ? "nobody need be known" : rule.role().text(),
            scope(rule));
  }

  private static String scope(Rule rule) {
    if (rule.role() == null) {
      return "";
    }
    return rule.scope() == null ? "no key" : rule.scope().text();
  }
}
