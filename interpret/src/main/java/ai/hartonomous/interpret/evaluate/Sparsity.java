package ai.hartonomous.interpret.evaluate;

import java.util.List;

/// How many latents are active, and how often each is.
///
/// @param latents `F`
/// @param tokens `N`, tokens that were looked at; every figure here depends on it, as a latent
///   cannot be seen more rarely than once in `N`
/// @param l0 mean number of active latents of a token
/// @param medianL0 half of the tokens have at most this many
/// @param highL0 95 % of the tokens have at most this many
/// @param dead latents that were active in none of the `N` tokens
/// @param bands latents by their frequency `f = P(a > 0)`, from rare to frequent
/// @param histogram `log10 f` of the latents that are not dead
public record Sparsity(
    int latents,
    long tokens,
    Estimate l0,
    int medianL0,
    int highL0,
    int dead,
    Bands bands,
    List<Bin> histogram) {

  /// Copies the list.
  public Sparsity {
    histogram = List.copyOf(histogram);
  }

  /// {@return dead latents as a share of all}
  public double deadShare() {
    return (double) dead / latents;
  }

  /// Numbers of latents beyond some frequencies. Source: the bands that Llamascopium logs.
  ///
  /// @param below1e7 `f < 1e-7`, dead ones among them, as in the next two
  /// @param below1e6 `f < 1e-6`
  /// @param below1e5 `f < 1e-5`
  /// @param above1e2 `f > 1e-2`
  /// @param above1e1 `f > 1e-1`
  public record Bands(int below1e7, int below1e6, int below1e5, int above1e2, int above1e1) {}

  /// Latents with `from <= log10 f < to`; the last bin includes `f = 1`.
  ///
  /// @param from lower end
  /// @param to upper end
  /// @param latents how many
  public record Bin(double from, double to, int latents) {}
}
