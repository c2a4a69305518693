package ai.hartonomous.distill.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.model.checkpoint.Dtype;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PackingTest {

  @Test
  void readsAListInAnyOrder() {
    assertThat(Packing.parse("q8_0, F32").gguf()).containsExactly(Dtype.F32, Dtype.Q8_0);
    assertThat(Packing.parse("none")).isEqualTo(Packing.NONE);
  }

  @ParameterizedTest(name = "\"{0}\"")
  @ValueSource(strings = {"q4_k", "bf16", "q8_0,q8_0", "q8_0,", "", "safetensors"})
  void refusesWhatIsNotPacked(String list) {
    assertThatThrownBy(() -> Packing.parse(list)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({"'3,1,2', '1-3'", "'7', '7'", "'0,1,5,6,9', '0-1,5-6,9'", "'4,2', '2,4'"})
  void writesSetsAsRanges(String numbers, String ranges) {
    int[] set = Stream.of(numbers.split(",")).mapToInt(Integer::parseInt).toArray();

    assertThat(Ranges.of(set)).isEqualTo(ranges);
    assertThat(Ranges.parse(ranges, 10)).containsExactly(IntStream.of(set).sorted().toArray());
  }

  @ParameterizedTest(name = "\"{0}\"")
  @ValueSource(strings = {"", "a", "3-1", "1-2-3", "-1", "10", "0-99999999999"})
  void refusesWhatIsNoSetBelowTen(String ranges) {
    assertThatThrownBy(() -> Ranges.parse(ranges, 10)).isInstanceOf(IllegalArgumentException.class);
  }
}
