package ai.hartonomous.model.constrain;

import java.util.List;
import tools.jackson.databind.JsonNode;

/// What a text must look like.
public sealed interface Rule {

  /// Exactly this text.
  ///
  /// @param text the text
  record Fixed(String text) implements Rule {}

  /// A JSON document that a schema allows.
  ///
  /// @param schema a JSON schema
  record Json(JsonNode schema) implements Rule {}

  /// Any JSON object.
  record AnyObject() implements Rule {}

  /// One after the other.
  ///
  /// @param parts at least one
  record Sequence(List<Rule> parts) implements Rule {

    /// Copies.
    public Sequence {
      parts = List.copyOf(parts);
    }
  }

  /// Any of several.
  ///
  /// @param parts at least one
  record Choice(List<Rule> parts) implements Rule {

    /// Copies.
    public Choice {
      parts = List.copyOf(parts);
    }
  }

  /// Any text that does not begin with a certain one.
  ///
  /// @param mark what it does not begin with
  record Free(String mark) implements Rule {}
}
