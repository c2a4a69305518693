package ai.hartonomous.bench;

import ai.hartonomous.bench.onnx.StepGraph.Format;
import ai.hartonomous.model.checkpoint.ServingFormat;
import ai.hartonomous.model.transformer.Model;

/// The shapes of language models that are served.
enum Language {
  /// 6 layers, width 288, vocabulary 32,000.
  LLAMA_15M("llama-15m"),
  /// 12 layers, width 768, vocabulary 50,257.
  GPT2_SMALL("gpt2-small");

  private final String label;

  Language(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  Model open() {
    return switch (this) {
      case LLAMA_15M -> Shapes.llama15M(1);
      case GPT2_SMALL -> Shapes.gpt2Small(1);
    };
  }

  /// {@return a model as a server holds it in a number format}
  static Model in(Format format, Model model) {
    return switch (format) {
      case FLOAT -> ServingFormat.F32.convert(model);
      case BYTE_BLOCKS -> ServingFormat.Q8_0.convert(model);
    };
  }
}
