package ai.hartonomous.bench;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.bench.onnx.StepGraph.Format;
import ai.hartonomous.model.transformer.Model;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The peer computes what we compute.
class OnnxStepsTest {

  @TempDir private Path folder;

  @ParameterizedTest(name = "{0} {1}, {2} sequences, prompts: {3}")
  @CsvSource({
    "gpt, FLOAT, 1, false",
    "gpt, FLOAT, 3, false",
    "gpt, BYTE_BLOCKS, 3, false",
    "gpt, FLOAT, 3, true",
    "llama, FLOAT, 3, false",
    "llama, BYTE_BLOCKS, 2, false",
    "llama, FLOAT, 2, true"
  })
  void agreesWithUs(String family, Format format, int sequences, boolean prompts) throws Exception {
    Model model = family.equals("gpt") ? Shapes.smallGpt(1) : Shapes.smallLlama(1);
    SideBySide work =
        prompts
            ? SideBySide.prompts(model, sequences, 20)
            : SideBySide.decoding(model, sequences, 20);
    try (Contender ours = OurDecoder.of(Language.in(format, model), work, 1);
        Contender peer = OnnxSteps.open(work, format, 1, folder.resolve("step.onnx"))) {
      ours.turn();
      peer.turn();

      double tolerance = format == Format.FLOAT ? 1e-3 : 6e-2;
      assertThat(Duel.difference(ours.samples(), peer.samples())).isLessThan(tolerance);
    }
  }
}
