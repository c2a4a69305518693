package ai.hartonomous.platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CallReaderTest {

  private static final String ARGUMENTS = "{\"city\":\"\uD83C\uDF06Łódź\uD83D\uDE00\uD83C\uDF06\"}";

  private static String argumentsOnTheWire(Map<String, Object> delta) {
    byte[] wire = EventStream.JSON.writeValueAsString(delta).getBytes(StandardCharsets.UTF_8);
    return EventStream.JSON.readTree(wire).at("/tool_calls/0/function/arguments").asString();
  }

  @ParameterizedTest
  @EnumSource(CallFrame.Style.class)
  void argumentsInPartsAreTheArguments(CallFrame.Style style) {
    CallFrame frame = style.frame("weather");
    String answer = frame.before() + ARGUMENTS + frame.after();
    RandomGenerator random = new SplittableRandom(7);
    for (int round = 0; round < 50; round++) {
      var reader = new CallReader(List.of(frame));
      List<Map<String, Object>> deltas = new ArrayList<>();
      for (int from = 0; from < answer.length(); ) {
        int left = answer.codePointCount(from, answer.length());
        int end = answer.offsetByCodePoints(from, 1 + random.nextInt(Math.min(left, 4)));
        deltas.addAll(reader.next(answer.substring(from, end)));
        from = end;
      }
      deltas.addAll(reader.finish());

      var told = new StringBuilder();
      deltas.forEach(delta -> told.append(argumentsOnTheWire(delta)));
      assertThat(told).hasToString(ARGUMENTS);
    }
  }

  @Test
  void textThatIsNoCallIsTold() {
    var reader = new CallReader(List.of(CallFrame.Style.TAGGED.frame("weather")));

    List<Map<String, Object>> deltas = new ArrayList<>(reader.next("<tool"));
    deltas.addAll(reader.next("s> none"));
    deltas.addAll(reader.finish());

    assertThat(deltas).containsExactly(Map.of("content", "<tools> none"));
    assertThat(reader.isCall()).isFalse();
  }
}
