package ai.hartonomous.bench;

import ai.hartonomous.model.checkpoint.ServingFormat;
import ai.hartonomous.model.transformer.Model;
import java.util.List;

/// Decoding token by token with weights in BF16 beside the same numbers in F32, both on our engine.
/// The logits must be the same bit for bit.
///
/// @param language the model
record BfloatContest(Language language) implements Contest {
  private static final double BAR = 1.5;

  private int tokens() {
    return language == Language.LLAMA_15M ? 128 : 32;
  }

  @Override
  public String name() {
    return "decode %s bf16".formatted(language.label());
  }

  @Override
  public String unit() {
    return "tokens/s";
  }

  @Override
  public double amount() {
    return tokens();
  }

  @Override
  public Entry open(int threads, Scratch scratch) {
    Model rounded = ServingFormat.BF16.convert(language.open());
    var work = SideBySide.decoding(rounded, 1, tokens());
    Contender ours = OurDecoder.of(rounded, work, threads);
    Contender floats = OurDecoder.of(ServingFormat.F32.convert(rounded), work, threads);
    return new Entry(ours, List.of(new Rival(floats, BAR, 0)), List.of());
  }
}
