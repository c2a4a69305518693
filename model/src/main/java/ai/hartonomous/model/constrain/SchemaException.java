package ai.hartonomous.model.constrain;

/// A schema that is wrong, or that says what constrained decoding cannot keep.
public final class SchemaException extends Exception {

  private static final long serialVersionUID = 1L;

  /// Names the place.
  ///
  /// @param place JSON pointer into the schema, empty for its root
  /// @param problem what is wrong there
  public SchemaException(String place, String problem) {
    super("%s: %s".formatted(place.isEmpty() ? "the schema" : place, problem));
  }
}
