package ai.hartonomous.bench;

import ai.hartonomous.bench.onnx.StepGraph.Format;
import ai.hartonomous.model.transformer.Model;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Decoding token by token from empty caches, one sequence or several side by side, beside ONNX
/// Runtime; one sequence of floats also beside the mere reading of as many bytes.
///
/// @param language the model
/// @param format number format of the linear maps on both sides
/// @param sequences how many side by side
record DecodeContest(Language language, Format format, int sequences) implements Contest {
  private static final double BAR = 1.0;
  private static final double READING_BAR = 0.8;
  private static final double FLOAT_TOLERANCE = 1e-3;

  /// ONNX Runtime rounds the inputs of every product to 8 bits too, so each is off by up to 1/254
  /// of the largest in its block.
  private static final double BYTE_TOLERANCE = 4e-2;

  private int tokens() {
    return language == Language.LLAMA_15M ? 128 : 32;
  }

  @Override
  public String name() {
    String many = sequences == 1 ? "" : " x" + sequences;
    return "decode %s %s%s".formatted(language.label(), format.label(), many);
  }

  @Override
  public String unit() {
    return "tokens/s";
  }

  @Override
  public double amount() {
    return (double) sequences * tokens();
  }

  @Override
  public Entry open(int threads, Scratch scratch) throws IOException {
    Model model = language.open();
    var work = SideBySide.decoding(model, sequences, tokens());
    double tolerance = format == Format.FLOAT ? FLOAT_TOLERANCE : BYTE_TOLERANCE;
    List<Rival> rivals = new ArrayList<>();
    Contender onnx = OnnxSteps.open(work, format, threads, scratch.file("step.onnx"));
    rivals.add(new Rival(onnx, BAR, tolerance));
    Model ours = Language.in(format, model);
    if (sequences == 1) {
      long floats = ours.weights().sizeBytes() / Float.BYTES;
      // It computes something else: only the time is compared.
      rivals.add(
          new Rival(new Reading(floats, tokens(), threads, model), READING_BAR, Double.MAX_VALUE));
    }
    return new Entry(OurDecoder.of(ours, work, threads), rivals, List.of());
  }
}
