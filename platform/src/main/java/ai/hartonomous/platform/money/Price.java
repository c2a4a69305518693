package ai.hartonomous.platform.money;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a number of units costs. All amounts are decimals; nothing is rounded here.
///
/// Formulas after those of Lago (standard, graduated, volume, package). One convention for all
/// tiers: a tier holds the units after the tier before it, up to and including its own bound.
sealed interface Price {

  /// {@return what units cost}
  ///
  /// @param units at least 0
  BigDecimal of(long units);

  /// {@return the most that further units can cost, whatever was used before them; nothing where
  /// there is no such bound}
  ///
  /// @param units at least 0
  Optional<BigDecimal> atMost(long units);

  /// Every unit costs the same.
  ///
  /// @param unit of one unit
  record PerUnit(BigDecimal unit) implements Price {

    @Override
    public BigDecimal of(long units) {
      return unit.multiply(BigDecimal.valueOf(units));
    }

    @Override
    public Optional<BigDecimal> atMost(long units) {
      return Optional.of(of(units));
    }
  }

  /// A part of a scale.
  ///
  /// @param upTo the last unit that belongs to it, or null for all further ones
  /// @param unit of one unit
  /// @param flat once, if any unit falls into it
  record Tier(@Nullable Long upTo, BigDecimal unit, BigDecimal flat) {

    private BigDecimal of(long units) {
      return unit.multiply(BigDecimal.valueOf(units)).add(flat);
    }
  }

  /// Units cost what their tier says, each tier for the units in it.
  ///
  /// @param tiers with growing bounds, the last one open
  record Graduated(List<Tier> tiers) implements Price {

    /// Checks the tiers.
    public Graduated {
      tiers = checked(tiers);
    }

    @Override
    public BigDecimal of(long units) {
      BigDecimal sum = BigDecimal.ZERO;
      long from = 0;
      for (Tier tier : tiers) {
        if (units <= from) {
          break;
        }
        Long bound = tier.upTo();
        long to = bound == null ? units : Math.min(units, bound);
        sum = sum.add(tier.of(to - from));
        from = to;
      }
      return sum;
    }

    @Override
    public Optional<BigDecimal> atMost(long units) {
      BigDecimal dearest = BigDecimal.ZERO;
      BigDecimal flats = BigDecimal.ZERO;
      for (Tier tier : tiers) {
        dearest = dearest.max(tier.unit());
        flats = flats.add(tier.flat());
      }
      return Optional.of(dearest.multiply(BigDecimal.valueOf(units)).add(flats));
    }
  }

  /// All units cost what the tier of the last one says.
  ///
  /// @param tiers with growing bounds, the last one open
  record Volume(List<Tier> tiers) implements Price {

    /// Checks the tiers.
    public Volume {
      tiers = checked(tiers);
    }

    @Override
    public BigDecimal of(long units) {
      if (units == 0) {
        return BigDecimal.ZERO;
      }
      for (Tier tier : tiers) {
        Long bound = tier.upTo();
        if (bound == null || units <= bound) {
          return tier.of(units);
        }
      }
      throw new IllegalStateException("the last tier is open");
    }

    @Override
    public Optional<BigDecimal> atMost(long units) {
      return Optional.empty(); // one more unit can change the price of all before it
    }
  }

  /// Whole packages.
  ///
  /// @param size units in one, at least 1
  /// @param each of one package, begun or full
  record Packages(long size, BigDecimal each) implements Price {

    /// Checks the size.
    public Packages {
      if (size < 1) {
        throw new IllegalArgumentException("a package of %d units".formatted(size));
      }
    }

    @Override
    public BigDecimal of(long units) {
      BigDecimal packages =
          BigDecimal.valueOf(units).divide(BigDecimal.valueOf(size), 0, RoundingMode.CEILING);
      return packages.multiply(each);
    }

    @Override
    public Optional<BigDecimal> atMost(long units) {
      return Optional.of(of(units)); // packages begun are never more than those of the rest
    }
  }

  /// The first units cost nothing.
  ///
  /// @param free how many
  /// @param then price of the others
  record AfterFree(long free, Price then) implements Price {

    @Override
    public BigDecimal of(long units) {
      return then.of(Math.max(0, units - free));
    }

    @Override
    public Optional<BigDecimal> atMost(long units) {
      return then.atMost(units);
    }
  }

  private static List<Tier> checked(List<Tier> tiers) {
    long from = 0;
    for (int i = 0; i < tiers.size(); i++) {
      Long bound = tiers.get(i).upTo();
      boolean last = i == tiers.size() - 1;
      if (last != (bound == null) || (bound != null && bound <= from)) {
        throw new IllegalArgumentException("bounds of tiers must grow, and the last one be open");
      }
      from = bound == null ? from : bound;
    }
    if (tiers.isEmpty()) {
      throw new IllegalArgumentException("there are no tiers");
    }
    return List.copyOf(tiers);
  }
}
