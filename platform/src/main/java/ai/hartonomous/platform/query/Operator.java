package ai.hartonomous.platform.query;

/// How a value is compared. A model without the value fails every comparison but `exists: false`.
enum Operator {
  /// Equal.
  EQ("="),
  /// There, and not equal.
  NE("<>"),
  /// Less.
  LT("<"),
  /// Less or equal.
  LE("<="),
  /// Greater.
  GT(">"),
  /// Greater or equal.
  GE(">="),
  /// One of a list.
  IN("in"),
  /// There at all, or not.
  EXISTS("is");

  private final String hql;

  Operator(String hql) {
    this.hql = hql;
  }

  String hql() {
    return hql;
  }
}
