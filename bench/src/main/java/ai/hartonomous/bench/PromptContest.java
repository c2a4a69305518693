package ai.hartonomous.bench;

import ai.hartonomous.bench.onnx.StepGraph.Format;
import ai.hartonomous.model.transformer.Model;
import java.io.IOException;
import java.util.List;

/// Reading prompts up to the logits of their last tokens, beside ONNX Runtime, which reads each in
/// one pass and several together.
///
/// @param language the model
/// @param format number format of the linear maps on both sides
/// @param sequences how many prompts
record PromptContest(Language language, Format format, int sequences) implements Contest {
  private static final int TOKENS = 256;
  private static final double BAR = 1.0;
  private static final double FLOAT_TOLERANCE = 1e-3;
  private static final double BYTE_TOLERANCE = 4e-2;

  @Override
  public String name() {
    String many = sequences == 1 ? "" : " x" + sequences;
    return "prompt %s %s%s".formatted(language.label(), format.label(), many);
  }

  @Override
  public String unit() {
    return "tokens/s";
  }

  @Override
  public double amount() {
    return (double) sequences * TOKENS;
  }

  @Override
  public Entry open(int threads, Scratch scratch) throws IOException {
    Model model = language.open();
    var work = SideBySide.prompts(model, sequences, TOKENS);
    double tolerance = format == Format.FLOAT ? FLOAT_TOLERANCE : BYTE_TOLERANCE;
    Contender onnx = OnnxSteps.open(work, format, threads, scratch.file("prompt.onnx"));
    Contender ours = OurDecoder.of(Language.in(format, model), work, threads);
    return new Entry(ours, List.of(new Rival(onnx, BAR, tolerance)), List.of());
  }
}
