package ai.hartonomous.bench;

/// How we did against one peer.
///
/// @param contest what was done
/// @param threads threads each side used
/// @param peer who did it beside us
/// @param unit what the speeds are in
/// @param ours our median speed
/// @param theirs the peer's median speed
/// @param ratio our median speed divided by theirs
/// @param ratioOfBest our best turn's speed divided by that of theirs
/// @param ratioLow a quarter of the rounds were at or below this ratio
/// @param ratioHigh three quarters of the rounds were at or below this ratio
/// @param bar what `ratio` must reach
/// @param rounds number of rounds
record Outcome(
    String contest,
    int threads,
    String peer,
    String unit,
    double ours,
    double theirs,
    double ratio,
    double ratioOfBest,
    double ratioLow,
    double ratioHigh,
    double bar,
    int rounds) {

  static Outcome of(Contest contest, int threads, Rival rival, Timings ours, Timings theirs) {
    Timings ratios = ours.ratios(theirs);
    return new Outcome(
        contest.name(),
        threads,
        rival.contender().name(),
        contest.unit(),
        contest.amount() / ours.median(),
        contest.amount() / theirs.median(),
        theirs.median() / ours.median(),
        theirs.best() / ours.best(),
        ratios.quantile(0.25),
        ratios.quantile(0.75),
        rival.bar(),
        ours.seconds().length);
  }

  boolean reached() {
    return ratio >= bar;
  }
}
