package ai.hartonomous.platform.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.checkpoint.ServingFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The sample is stored in BF16.
class AgentLoaderTest {

  private static final Path SAMPLE =
      Path.of(System.getProperty("repository.root"), "samples/models/clerk");

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "STORED, Bf16Matrix",
    "F32, GroupedMatrix",
    "BF16, Bf16Matrix",
    "Q8_0, Q8Matrix",
    "Q4_0, Q4Matrix"
  })
  void holdsWeightsInTheFormatOfTheSettings(ServingFormat format, String held) throws IOException {
    ServedAgent agent = AgentLoader.load(UUID.randomUUID(), SAMPLE, format);

    assertThat(agent.experts().getFirst().model().weights().tokens().getClass().getSimpleName())
        .isEqualTo(held);
  }
}
