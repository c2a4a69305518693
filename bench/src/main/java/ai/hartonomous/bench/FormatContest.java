package ai.hartonomous.bench;

import ai.hartonomous.model.checkpoint.ServingFormat;
import ai.hartonomous.model.transformer.Model;
import java.util.List;
import java.util.Locale;

/// Decoding token by token with weights in few bits beside the very same numbers in F32, both on
/// our engine: what the bits are worth in time.
///
/// @param language the model
/// @param format of our weights
record FormatContest(Language language, ServingFormat format) implements Contest {
  private static final double BFLOAT_BAR = 1.5;

  /// Sums of blocks are scaled once, which rounds otherwise than scaled numbers.
  private static final double BLOCK_TOLERANCE = 1e-3;

  private int tokens() {
    return language == Language.LLAMA_15M ? 128 : 32;
  }

  @Override
  public String name() {
    return "format %s %s".formatted(language.label(), format.name().toLowerCase(Locale.ROOT));
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
    Model rounded = format.convert(language.open());
    var work = SideBySide.decoding(rounded, 1, tokens());
    Contender ours = OurDecoder.of(rounded, work, threads);
    Contender floats = OurDecoder.of(ServingFormat.F32.convert(rounded), work, threads);
    boolean exact = format == ServingFormat.BF16;
    Rival rival = exact ? new Rival(floats, BFLOAT_BAR, 0) : new Rival(floats, 0, BLOCK_TOLERANCE);
    return new Entry(ours, List.of(rival), List.of());
  }
}
