package ai.hartonomous.platform.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {

  @ParameterizedTest
  @ValueSource(longs = {0, 1, Integer.MAX_VALUE, Integer.MAX_VALUE + 1L, Long.MAX_VALUE})
  void aListGoesOnAfterAnyNumber(long last) {
    Page<Long> page = Page.of(List.of(last, last), 1, it -> it, it -> it);

    assertThat(Page.numberAfter(page.next())).isEqualTo(last);
  }

  @Test
  void aListGoesOnAfterAnyName() {
    Page<String> page = Page.of(List.of("Łódź/a b", "z"), 1, it -> it, it -> it);

    assertThat(Page.nameAfter(page.next())).isEqualTo("Łódź/a b");
    assertThat(Page.nameAfter(null)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "", "%", "AAAA", "OTIyMzM3MjAzNjg1NDc3NTgwOA"}) // 2^63
  void refusesWhatNoPageNamed(String cursor) {
    assertThatThrownBy(() -> Page.numberAfter(cursor)).isInstanceOf(ProblemException.class);
  }

  @Test
  void refusesNamesThatDatabasesCannotCompare() {
    assertThatThrownBy(() -> Page.nameAfter("AAAA")).isInstanceOf(ProblemException.class);
  }
}
