package ai.hartonomous.platform.money;

import ai.hartonomous.platform.money.Price.Tier;
import ai.hartonomous.platform.web.Problem;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The price of one item, as requests and answers have it.
///
/// @param item what is priced
/// @param model the formula
/// @param amount `unit`: of one unit; `package`: of one package
/// @param size `package`: units in one
/// @param free units that cost nothing, in each period; none if null
/// @param tiers `graduated` and `volume`
public record Charge(
    @NotNull Item item,
    @NotNull Model model,
    @PositiveOrZero @Digits(integer = 9, fraction = 12) @Nullable BigDecimal amount,
    @Min(1) @Max(MOST_UNITS) @Nullable Long size,
    @Min(0) @Max(MOST_UNITS) @Nullable Long free,
    @Valid @Size(max = 20) @Nullable List<@NotNull Step> tiers) {

  static final long MOST_UNITS = 1_000_000_000_000_000L;

  /// Formulas.
  public enum Model {
    /// Every unit costs the same.
    UNIT,
    /// Each tier for the units in it.
    GRADUATED,
    /// The tier of the last unit for all.
    VOLUME,
    /// Whole packages.
    PACKAGE
  }

  /// A tier.
  ///
  /// @param upTo the last unit that belongs to it; all further ones if null
  /// @param unit of one unit
  /// @param flat once, if any unit falls into it; 0 if null
  public record Step(
      @Min(1) @Max(MOST_UNITS) @Nullable Long upTo,
      @NotNull @PositiveOrZero @Digits(integer = 9, fraction = 12) BigDecimal unit,
      @PositiveOrZero @Digits(integer = 9, fraction = 12) @Nullable BigDecimal flat) {}

  /// {@return whether no unit ever costs anything}
  boolean isFree() {
    boolean amountless = amount == null || amount.signum() == 0;
    return amountless
        && (tiers == null
            || tiers.stream()
                .allMatch(
                    it ->
                        it.unit().signum() == 0
                            && Objects.requireNonNullElse(it.flat(), BigDecimal.ZERO).signum()
                                == 0));
  }

  /// {@return the formula}
  ///
  /// @throws ai.hartonomous.platform.web.ProblemException if it lacks what its model needs
  Price price() {
    Price price =
        switch (model) {
          case UNIT -> new Price.PerUnit(needed("amount", amount));
          case PACKAGE -> new Price.Packages(needed("size", size), needed("amount", amount));
          case GRADUATED -> tiered(true);
          case VOLUME -> tiered(false);
        };
    return free == null ? price : new Price.AfterFree(free, price);
  }

  private Price tiered(boolean graduated) {
    List<Tier> steps =
        needed("tiers", tiers).stream()
            .map(
                it ->
                    new Tier(
                        it.upTo(),
                        it.unit(),
                        Objects.requireNonNullElse(it.flat(), BigDecimal.ZERO)))
            .toList();
    try {
      return graduated ? new Price.Graduated(steps) : new Price.Volume(steps);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("charges.tiers", String.valueOf(e.getMessage()));
    }
  }

  private static <T> T needed(String field, @Nullable T value) {
    if (value == null) {
      throw Problem.invalid("charges." + field, "is missing");
    }
    return value;
  }
}
